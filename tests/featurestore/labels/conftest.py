"""Evidence from readable rows."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from featurestore.store.base import Catalogue, Evidence


def catalogue(n: int, day: Sequence[str] | str = "2026-03-01", market: Sequence[str] | str = "DK") -> Catalogue:
    keys = np.array([f"{row:016d}".encode() for row in range(n)], "S16")
    days = np.array([day] * n if isinstance(day, str) else day, "datetime64[D]")
    markets = np.array([market] * n if isinstance(market, str) else market, np.str_)
    return Catalogue(keys, np.full(n, "picture"), markets, days)


@pytest.fixture
def make_catalogue() -> Callable[..., Catalogue]:
    return catalogue


@pytest.fixture
def make_evidence() -> Callable[..., Evidence]:
    """make_evidence(3, (0, "moderator", "yes"), (0, "audit", "no", {"policy": 2})): labels about three features."""

    def make(n: int, *said: tuple) -> Evidence:
        rows = sorted(said, key=lambda row: row[0])
        more = [row[3] if len(row) > 3 else {} for row in rows]
        return Evidence(
            catalogue(n),
            np.array([row[0] for row in rows], np.int64),
            np.array([row[2] for row in rows], np.str_),
            np.array([row[1] for row in rows], np.str_),
            np.array([m.get("labeller", "") for m in more], np.str_),
            np.array([m.get("policy", 1) for m in more], np.int32),
            np.array([m.get("day", "2026-03-01") for m in more], "datetime64[D]"),
            np.array([m.get("confidence", 1.0) for m in more], np.float32),
            np.array([m.get("withdrawn", False) for m in more], bool),
        )

    return make
