"""What the lists and the n-grams say of a text, as numbers that a head can read beside the text's vector."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from moderation.detectors.profanity.find import Hit
from moderation.detectors.profanity.grams import Grams

LISTED = ("strong", "rude", "mild", "weak", "disguised")
NAMES = (*LISTED, "spelling")
VERSION = "votes2"  # another meaning or number of votes is another version: heads of the two are never mixed
_ENOUGH = 3  # more hits of one kind than this say no more
_TENTH = 10.0  # what the n-grams say is a logit of about -10 to 10


def inputs_of(encoder: str) -> str:
    """The version of what the head reads, where `encoder` is the version of the text's vector."""
    return f"{encoder}+{VERSION}"


def votes(hits: Sequence[Hit], text: str, spelling: Grams) -> NDArray[np.float32]:
    """Float32 (6,): those of the lists, then -1..1 what the spelling of `text` says."""
    return np.append(listed(hits), spelled(spelling.logit(text)))


def listed(hits: Sequence[Hit]) -> NDArray[np.float32]:
    """Float32 (5,), each 0..1: how many hits of each level (as a share of three), and whether one was disguised."""
    counts = [sum(hit.entry.level == level for hit in hits) for level in LISTED[:4]]
    disguised = any(hit.how not in ("plain", "joined") and hit.entry.level == "strong" for hit in hits)
    return np.array([*(min(count, _ENOUGH) / _ENOUGH for count in counts), float(disguised)], np.float32)


def spelled(logit: float) -> np.float32:
    """-1..1 from what the n-grams say."""
    return np.float32(np.clip(logit, -_TENTH, _TENTH) / _TENTH)
