"""How kind a text sounds: the tone head on the multilingual encoder's vector of each of its sentences."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from engagement.characters.tone.examples import HERE
from featurestore.encoders import text_encoder
from featurestore.heads.head import Head

# A sentence may be plain among kind ones ("It has a red tower."); one that sounds colder than this spoils the text.
COLD = 0.1  # share of the threshold
_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])")


@cache
def _head() -> Head:
    return Head.read(HERE, text_encoder().version)


def threshold() -> float:
    """Kind from here on."""
    return float(_head().sheet.threshold)


@lru_cache(maxsize=20_000)
def kindness_of(sentence: str) -> float:
    """0..1. What characters say is put together of few sentences, so most are known."""
    return float(_head().score(text_encoder().encode([sentence]))[0])


def sentences(text: str) -> list[str]:
    return [piece.strip() for piece in _END.split(text) if piece.strip(" .!?…。！？")]


def is_kind(text: str) -> bool:
    """Its sentences are kind on the whole, and none is cold. A text without a sentence is not."""
    return are_kind([kindness_of(one) for one in sentences(text)], threshold())


def are_kind(scores: Sequence[float], least: float) -> bool:
    """Pure: the mean reaches the threshold, and the lowest a share of it."""
    return bool(scores) and sum(scores) / len(scores) >= least and min(scores) >= least * COLD
