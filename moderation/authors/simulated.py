"""Authors who never were, to measure how often two different ones look alike. Pure.

Each has habits: words it likes, how it ends sentences, whether it uses capitals, letters it doubles, hours. They are
drawn from the same small vocabulary that children's titles have, so that they are alike to begin with.
"""

from dataclasses import dataclass
from random import Random

from moderation.authors.likeness import Traces

THINGS = [
    "castle",
    "car",
    "house",
    "dragon",
    "robot",
    "ship",
    "train",
    "horse",
    "tower",
    "garden",
    "plane",
    "boat",
    "truck",
    "cat",
    "dog",
    "bridge",
    "shop",
    "zoo",
]
WORDS = [
    "my",
    "best",
    "big",
    "small",
    "red",
    "blue",
    "new",
    "old",
    "fast",
    "cool",
    "nice",
    "funny",
    "super",
    "great",
    "long",
    "tall",
    "crazy",
    "happy",
]
VERBS = [
    "built",
    "made",
    "has",
    "can",
    "fly",
    "drive",
    "go",
    "look",
    "see",
    "like",
    "love",
    "want",
    "play",
    "took",
    "find",
    "found",
    "think",
]
ENDS = ("", "!", "!!", "!!!", ".", "...", " :)", " :D", " xD", " lol")


@dataclass(frozen=True)
class Habits:
    words: tuple[str, ...]
    things: tuple[str, ...]
    verbs: tuple[str, ...]
    end: str
    capitals: float
    doubled: str
    hour: int


def habits(rng: Random) -> Habits:
    return Habits(
        tuple(rng.sample(WORDS, 8)),
        tuple(rng.sample(THINGS, 6)),
        tuple(rng.sample(VERBS, 7)),
        rng.choice(ENDS),
        rng.choice((0.0, 0.1, 0.9, 1.0)),
        rng.choice("aeioustr "),
        rng.choice((7, 8, 14, 15, 16, 17, 18, 19, 20)),
    )


def author(rng: Random, who: Habits, uploads: int, same: float = 0.0, old: Traces | None = None) -> Traces:
    """Traces of `who`; each picture is, with the chance `same`, one that was rejected of `old`."""
    texts = tuple(_text(rng, who) for _ in range(uploads))
    hours = tuple((who.hour + round(rng.gauss(0, 1.5))) % 24 for _ in range(uploads))
    again = sorted(old.digests) if old else []
    digests = {
        rng.choice(again) if again and rng.random() < same else f"{rng.getrandbits(128):x}" for _ in range(uploads)
    }
    return Traces(frozenset(digests), texts, hours)


def _text(rng: Random, who: Habits) -> str:
    said = []
    for _ in range(rng.randint(1, 3)):
        words = ["i", rng.choice(who.verbs), rng.choice(who.words), rng.choice(who.words), rng.choice(who.things)]
        sentence = " ".join(words)
        if rng.random() < who.capitals:
            sentence = sentence.capitalize()
        if who.doubled != " ":
            sentence = sentence.replace(who.doubled, who.doubled * 2, 1)
        said.append(sentence + who.end)
    return " ".join(said)
