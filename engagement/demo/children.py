"""Who publishes what on which of the demo's days: invented, always the same. Pure but for the files it reads.

Ten weeks of children in six markets. What they build follows their likes; in the last week ninjas are everywhere and
dinosaurs are not. Those who may hear characters come back a little more often: that is invented too, and the page
about it has too few children to be sure, as it would be with real ones.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from moderation.demo.stories import stories

DAYS = 70
CHILDREN = 3_000  # one in twenty hears no character: enough for an interval of what those are worth
_WEIGHTS = {"GB en": 5, "US en": 6, "DE de": 5, "DK da": 3, "FR fr": 3, "PL pl": 2, "ES es": 2}
MARKETS = tuple((name[:2], name[3:], weight) for name, weight in _WEIGHTS.items())
AGAIN, HEARD = 0.40, 0.10  # chance to build once more; added for who may hear characters
PAUSE = 6.0  # days between two builds, on average
RISES, FALLS, LAST = "ninjago", "jurassic-world", 7
STORY = 0.3  # share of builds that are of no theme of a film or a series
PREFIX = "demo-"


@dataclass(frozen=True)
class Build:
    """`ago`: days before today on which it was published; `hour` there, with minutes."""

    id: str
    author: str
    ago: int
    hour: float
    market: str
    language: str
    title: str
    text: str = ""
    hashtags: tuple[str, ...] = ()


def builds(hears: Callable[[str], bool], days: int = DAYS, children: int = CHILDREN) -> list[Build]:
    """All of them, oldest first. `hears`: may this author hear characters?"""
    rng = Random(71)
    found = []
    for n in range(children):
        author = f"{PREFIX}child-{n:04}"
        market, language, _ = rng.choices(MARKETS, [weight for _, _, weight in MARKETS])[0]
        ago, k = rng.uniform(1, days), 0
        while ago >= 1:
            found.append(_build(rng, f"{PREFIX}{n:04}-{k}", author, int(ago), market, language))
            k += 1
            if rng.random() > AGAIN + (HEARD if hears(author) else 0) or k > 9:
                break
            ago -= rng.expovariate(1 / PAUSE)
    return sorted(found, key=lambda one: (-one.ago, one.id))


def _build(rng: Random, id: str, author: str, ago: int, market: str, language: str) -> Build:
    hour = min(20.9, max(7.0, rng.gauss(16.5, 2.5)))
    own = [story for story in stories() if story.language == language]
    if own and rng.random() < STORY:
        story = rng.choice(own)
        return Build(id, author, ago, hour, market, language, story.title, story.text, story.hashtags)
    words = _words()
    weights = {theme: float(len(things)) for theme, things in words["things"].items()}
    if ago <= LAST:
        weights[RISES] *= 2.6
        weights[FALLS] *= 0.25
    theme = rng.choices(list(weights), list(weights.values()))[0]
    title = f"{rng.choice(words['opener'][language])} {rng.choice(words['things'][theme])}"
    return Build(id, author, ago, hour, market, language, title, hashtags=("moc",) if rng.random() < 0.2 else ())


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((Path(__file__).parent / "things.toml").read_text(encoding="utf-8"))
