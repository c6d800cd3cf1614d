"""What the lists say of a text, as numbers that a head can read beside the text's vector."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from moderation.detectors.profanity.find import Hit

NAMES = ("strong", "rude", "mild", "weak", "disguised")
VERSION = "votes1"  # another meaning or number of votes is another version: heads of the two are never mixed
_ENOUGH = 3  # more hits of one kind than this say no more


def inputs_of(encoder: str) -> str:
    """The version of what the head reads, where `encoder` is the version of the text's vector."""
    return f"{encoder}+{VERSION}"


def votes(hits: Sequence[Hit]) -> NDArray[np.float32]:
    """Float32 (5,), each 0..1: how many hits of each level (as a share of three), and whether one was disguised."""
    counts = [sum(hit.entry.level == level for hit in hits) for level in NAMES[:4]]
    disguised = any(hit.how not in ("plain", "joined") and hit.entry.level == "strong" for hit in hits)
    return np.array([*(min(count, _ENOUGH) / _ENOUGH for count in counts), float(disguised)], np.float32)
