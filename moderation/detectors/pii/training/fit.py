"""Fits the tagger to examples. Pure but for the file that it writes."""

import random
from collections.abc import Iterable
from pathlib import Path

import pycrfsuite

from moderation.detectors.pii.features import features
from moderation.detectors.pii.gold import Example
from moderation.detectors.pii.tokens import Token, tokens

TAGGED = frozenset({"name", "address"})


def labels(example: Example, words: list[Token]) -> list[str]:
    """B-, I- and O of each token. Places and firms have labels of their own, so that they are not taken for names."""
    marks = [span for span in example.spans if span.kind in TAGGED]
    marks += [span for span in example.beside if not any(a.start <= span.start < a.end for a in marks)]
    found, last = [], None
    for word in words:
        mark = next((mark for mark in marks if mark.start <= word.start < mark.end), None)
        found.append("O" if mark is None else f"{'I' if mark is last else 'B'}-{mark.kind}")
        last = mark
    return found


def hidden(example: Example, words: list[Token], chance: random.Random) -> frozenset[int]:
    """Places of names, in two of five texts, whose words are to be read as in no list."""
    if chance.random() >= 0.4:
        return frozenset()
    spans = [span for span in (*example.spans, *example.beside) if span.kind in {"name", "place", "firm"}]
    return frozenset(
        at
        for at, word in enumerate(words)
        if chance.random() < 0.8 and any(span.start <= word.start < span.end for span in spans)
    )


def fit(examples: Iterable[Example], path: Path, rounds: int = 80) -> None:
    trainer = pycrfsuite.Trainer(verbose=False)
    chance = random.Random(7)  # noqa: S311 (no secret)
    for example in examples:
        words = tokens(example.text)
        if words:
            wanted = labels(example, words)
            for _ in range(example.weight):
                trainer.append(features(words, hidden(example, words, chance)), wanted)
    trainer.set_params({"c1": 0.1, "c2": 0.02, "max_iterations": rounds, "feature.minfreq": 3})
    trainer.train(str(path))
