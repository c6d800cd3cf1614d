"""One upload as an app would send it: what is said, and which files come with it (drawn when they are asked for)."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import BinaryIO
from uuid import uuid4

from moderation.demo.pictures import file_of, photo, spoilt, video
from moderation.demo.stories import Story, stories

ENDINGS = ("jpg",) * 8 + ("webp", "png")


@dataclass(frozen=True)
class Shot:
    """One picture or video. `kind` is "build", "video" or a way to spoil a picture; `seed` decides the rest."""

    kind: str
    seed: int
    view: int = 0
    ending: str = "jpg"
    size: tuple[int, int] = (1024, 768)

    def file(self, theme: str) -> BinaryIO:
        if self.kind == "video":
            return video(theme, self.seed)
        picture = (
            photo(theme, self.seed, view=self.view) if self.kind == "build" else spoilt(self.kind, self.seed, self.size)
        )
        return file_of(picture, f"build.{self.ending}")


@dataclass(frozen=True)
class Sending:
    external_id: str
    author: str
    story: Story
    shots: tuple[Shot, ...] = ()
    app_version: str = "4.2.0"

    def images(self) -> list[BinaryIO]:
        return [shot.file(self.story.theme) for shot in self.shots if shot.kind != "video"]

    def videos(self) -> list[BinaryIO]:
        return [shot.file(self.story.theme) for shot in self.shots if shot.kind == "video"]


# What is written under bad uploads; the theme is that of the picture above it.
RUDE = Story(
    "robot",
    "en",
    "GB",
    "my stupid robot",
    "this robot is shit and my brother is a stupid idiot, i hate his ugly face",
    ("robot",),
)
DISGUISED = Story(
    "car", "en", "US", "best car", "if you dont like it you are an a$$h0le and a b1tch, $hut up", ("car",)
)
ADDRESS = Story(
    "house",
    "en",
    "GB",
    "come and see my house",
    "I live in 12 Acorn Street, Leeds, call me on 0113 496 0123 after school!",
    ("house",),
)
# Says where and when, in words that only a person is sure of.
MEETING = Story(
    "house",
    "en",
    "GB",
    "come and see my house",
    "it is just like ours, the red door next to the baker, come on saturday and we build",
    ("house",),
)
ADVERT = Story(
    "spaceship",
    "en",
    "US",
    "FREE COINS!!!",
    "go to best-free-coinz.example and type my code BRICK99 you get 1000 coins",
    ("free",),
)
SPOILT_STORY = Story("castle", "en", "GB", "my big castle", "look at the towers", ("castle",))

BAD: tuple[tuple[str, Story], ...] = (
    ("black", SPOILT_STORY),
    ("blurred", SPOILT_STORY._replace(title="zoom", text="it is so fast you can not see it")),
    ("dark", SPOILT_STORY._replace(language="da", market="DK", title="Hulen", text="der er meget mørkt derinde")),
    ("one colour", SPOILT_STORY._replace(title="test", text="")),
    (
        "astronaut",
        SPOILT_STORY._replace(language="de", market="DE", title="ich und mein Raumschiff", text="das bin ich!!"),
    ),
    ("build", RUDE),
    ("build", DISGUISED),
)


def endless(rng: Random, bad_share: float = 0.2) -> Iterator[Sending]:
    """Fresh uploads for ever; `bad_share` of them should not pass."""
    while True:
        seed = rng.randrange(1 << 24)
        if rng.random() < bad_share:
            kind, story = rng.choice(BAD)
            shots: tuple[Shot, ...] = (Shot(kind, seed),)
        else:
            story = rng.choice(stories())
            shots = (Shot("build", seed, ending=rng.choice(ENDINGS)),)
            if rng.random() < 0.15:
                shots += (Shot("build", seed, view=1),)
        yield Sending(f"live-{uuid4().hex}", f"child-{rng.randrange(40):02}", story, shots)


def burst(kind: str, count: int, rng: Random) -> Iterator[Sending]:
    """`count` uploads with one small picture each, every one another file. `kind` is "build" or a way to spoil."""
    for _ in range(count):
        shot = Shot(kind, rng.randrange(1 << 24), size=(640, 480))
        yield Sending(f"burst-{uuid4().hex}", f"burst-{rng.randrange(20):02}", SPOILT_STORY, (shot,))
