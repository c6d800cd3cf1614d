"""Heads that were never trained, and pairs that two of them could have made."""

from collections.abc import Callable
from datetime import date

import pytest

from featurestore.compare.models import Pair
from featurestore.heads.models import HeadVersion


@pytest.fixture
def heads(db) -> Callable:
    """heads("face", 3): versions "1", "2", "3" of that task."""

    def heads(task: str = "face", count: int = 2) -> list[HeadVersion]:
        return [
            HeadVersion.objects.create(task=task, version=str(n + 1), encoder="enc", view="face", onnx=b"", sheet={})
            for n in range(count)
        ]

    return heads


@pytest.fixture
def pair() -> Callable:
    """pair(champion, challenger, market="DK"): one that is not stored yet."""

    def pair(champion: HeadVersion, challenger: HeadVersion, **fields: object) -> Pair:
        given = {
            "task": champion.task,
            "day": date(2026, 3, 14),
            "market": "DK",
            "language": "da",
            "device": "ios",
            "champion_score": 0.2,
            "challenger_score": 0.7,
            "champion_hit": False,
            "challenger_hit": True,
            "champion_ms": 1.5,
            "challenger_ms": 2.5,
            "stratum": "seen",
            "chance": 1.0,
        }
        return Pair(champion=champion, challenger=challenger, **(given | fields))

    return pair
