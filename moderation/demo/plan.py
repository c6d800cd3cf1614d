"""What the demo loads: who sent what when, and what people decided about the older ones."""

from dataclasses import dataclass, field, replace
from random import Random

from moderation.demo.sending import ADDRESS, ADVERT, BAD, ENDINGS, MEETING, RUDE, SPOILT_STORY, Sending, Shot
from moderation.demo.stories import Story, stories

CLUB, BOX = "brick-club", "build-box"
APPS = {CLUB: "Brick Club", BOX: "Build Box"}
AUTHORS = ("otter-112", "lynx-204", "heron-31", "puffin-77", "koala-8", "tapir-450", "gecko-19", "panda-63")
DAY = 24 * 60
BROKEN = "5.3.1"  # a version of the first app whose pictures are black
APPEALED = "demo-past-desk"  # rejected by a person; its family sees it otherwise
APPEAL = "C'est ma maison dans l'arbre, derrière le bureau. Regardez encore, s'il vous plaît."


@dataclass(frozen=True)
class Planned:
    """`minutes` is how long ago it came. `outcome` is "approve", a reason's code for a rejection, or "" for none."""

    app: str
    minutes: float
    sending: Sending
    outcome: str = ""
    wait: float = field(default=4.0)  # minutes until a person decided

    @property
    def bad(self) -> bool:
        """Is it for the prefilter to reject?"""
        return self.sending.external_id.startswith("demo-bad-")

    @property
    def earlier(self) -> bool:
        """Is it history, all settled? Then the command looks at it itself, and people have decided."""
        return self.minutes >= DAY / 2


def plan() -> list[Planned]:
    """All of it, oldest first. Always the same."""
    rng = Random(2024)
    told = list(stories())
    past = told[::3][:13]
    rows = [*_history(past, rng), *_spoilt(rng), *_waiting([story for story in told if story not in past], rng)]
    return sorted(rows, key=lambda row: -row.minutes)


def _history(told: list[Story], rng: Random) -> list[Planned]:
    """The last days: decided by people, and a few that never came to them."""
    rows = []
    for n, story in enumerate(told):
        author, app = AUTHORS[n % 4], BOX if n % 4 == 3 else CLUB  # four authors have a history
        minutes = DAY * rng.uniform(0.7, 6.5)
        rows.append(_row(f"past-{n:02}", author, story, minutes, rng, outcome="approve", app=app))
    # A desk on which there is enough to see that only a person can tell.
    no_build = SPOILT_STORY._replace(language="fr", market="FR", title="mon bureau", text="j'ai tout rangé")
    bad = (
        ("past-meeting", "lynx-204", MEETING, "build", "personal_data"),
        ("past-advert", "tapir-450", ADVERT, "build", "advert"),
        ("past-desk", "heron-31", no_build, "no build", "not_a_build"),
        # Another author's: with two strikes the first would be slowed down, and the rest of the plan not taken.
        ("past-advert-2", "wombat-7", ADVERT._replace(title="REAL free coins"), "build", "advert"),
        ("past-black", "lynx-204", SPOILT_STORY, "black", "bad_picture"),
        ("past-rude", "koala-8", RUDE, "build", "rude"),
        ("past-address", "lynx-204", ADDRESS, "build", "personal_data"),
    )
    for name, author, story, kind, outcome in bad:
        shots = (Shot(kind, 0 if kind == "no build" else rng.randrange(1000)),)
        rows.append(_row(name, author, story, DAY * rng.uniform(0.7, 5), rng, shots=shots, outcome=outcome))
    return rows


def _spoilt(rng: Random) -> list[Planned]:
    """What the prefilter is for: all of it came in the last hour."""
    rows = [
        _row(f"bad-{n}", rng.choice(AUTHORS), story, rng.uniform(1, 50), rng, kind=kind)
        for n, (kind, story) in enumerate(BAD)
    ]
    twice = (Shot("build", 71), Shot("black", 72))
    rows.append(_row("bad-second", "panda-63", SPOILT_STORY._replace(title="two photos"), 6, rng, shots=twice))
    return rows + _burst(rng)


def _burst(rng: Random) -> list[Planned]:
    """A new version of the first app sends black pictures: enough of them that the watch raises an alert."""
    story = SPOILT_STORY._replace(title="my new tower", text="I built it today")
    return [
        replace(row, sending=replace(row.sending, app_version=BROKEN))
        for n in range(28)
        for row in [_row(f"bad-burst-{n:02}", f"finch-{n}", story, rng.uniform(0.2, 3), rng, kind="black")]
    ]


def _waiting(told: list[Story], rng: Random) -> list[Planned]:
    """What waits for people: three are late, the others are due one after the other."""
    rows = []
    wide = [story for story in told if story.language in {"ar", "he"} or len(story.text) > 300]
    usual = [story for story in told if story not in wide]
    for n, story in enumerate(usual):
        minutes = (24.0, 19.5, 16.2)[n] if n < 3 else 14.5 * (1 - (n - 3) / len(usual))
        shots: tuple[Shot, ...] = (Shot("build", 300 + n, ending=ENDINGS[n % len(ENDINGS)]),)
        if n % 7 == 4:
            shots += (Shot("build", 300 + n, view=1), Shot("build", 300 + n, view=2))
        if n == 9:
            shots = (Shot("video", 300 + n), Shot("build", 300 + n))
        if n == 14:
            shots = ()  # a text alone
        app = BOX if n % 5 == 3 else CLUB
        rows.append(_row(f"new-{n:02}", AUTHORS[n * 5 % len(AUTHORS)], story, minutes, rng, shots=shots, app=app))
    # Texts that need a wide or a long line, or one from right to left.
    for n, story in enumerate(wide):
        rows.append(_row(f"long-{n}", "gecko-19", story, 11.0 - 3 * n, rng))
    rows.append(_row("new-meeting", "puffin-77", MEETING._replace(title="my street"), 8.5, rng))
    return rows


def _row(
    name: str,
    author: str,
    story: Story,
    minutes: float,
    rng: Random,
    kind: str = "build",
    outcome: str = "",
    shots: tuple[Shot, ...] | None = None,
    app: str = CLUB,
) -> Planned:
    if shots is None:
        shots = (Shot(kind, rng.randrange(1000)),)
    return Planned(app, minutes, Sending(f"demo-{name}", author, story, shots), outcome, rng.uniform(1, 12))
