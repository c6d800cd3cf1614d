"""Pictures and texts of the demo, for measuring what vectors give away: nobody's, and made anew from their numbers."""

from random import Random

from PIL import Image

from featurestore.privacy.samples import Samples
from moderation.demo.builds import THEMES
from moderation.demo.pictures import photo
from moderation.demo.stories import Story, stories

SIZE = (224, 168)  # small, since a picture takes as long as it is large
PUBLIC, STORED, AGAIN, TEXTS = 7, 8, 3, 500  # pictures a theme; texts in all


def samples(scale: float, seed: int) -> Samples:
    public, public_labels = _pictures(max(3, round(PUBLIC * scale)), 50_000 + 1000 * seed)
    stored, stored_labels = _pictures(max(3, round(STORED * scale)), 900_000 + 1000 * seed)
    again = [
        photo(theme, 900_000 + 1000 * seed + n, SIZE, view=1)
        for n, theme in enumerate(stored_labels[: len(THEMES) * max(1, round(AGAIN * scale))])
    ]
    told = list(stories())
    rng = Random(seed)
    texts = [f"{story.title}. {story.text}" for story in told]
    public_texts = [_mixed(rng, rng.choice(told), told) for _ in range(max(150, round(TEXTS * scale)))]
    return Samples(
        public, public_labels, stored, stored_labels, again, public_texts, texts, [story.market for story in told]
    )


def _pictures(rounds: int, first: int) -> tuple[list[Image.Image], list[str]]:
    labels = [theme for _ in range(rounds) for theme in THEMES]
    return [photo(theme, first + n, SIZE) for n, theme in enumerate(labels)], labels


def _mixed(rng: Random, like: Story, told: list[Story]) -> str:
    """A text of the same language, put together from words of several children: none of the stored ones."""
    words = [
        word for story in told if story.language == like.language for word in f"{story.title} {story.text}".split()
    ]
    return " ".join(rng.sample(words, min(len(words), rng.randint(5, 18))))
