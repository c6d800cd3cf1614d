"""Made-up pairs with a known truth, for the tests of the statistics."""

import numpy as np

from featurestore.compare.pairs import Pairs

STRATA = ("seen", "audit", "agreed", "disputed")


def stream(
    n: int, seed: int = 0, b_better: float = 0.0, audit: float = 0.05, recheck: float = 0.3, days: int = 10, finds=0.1
) -> Pairs:
    """Scores of two models that both hit at 0.5 and see the same evidence with noise of their own. What the champion
    rejects is seen only by audit or recheck of what the challenger disputes. `b_better`: how much farther the
    challenger's scores lie apart."""
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < finds
    side = np.where(truth, 1.0, -1.0)
    shared = rng.normal(size=n)
    a = side * 1.2 + 0.7 * shared + 0.7 * rng.normal(size=n)
    b = side * (1.2 + b_better) + 0.7 * shared + 0.7 * rng.normal(size=n)
    a_hit, b_hit = a > 0, b > 0
    sampled, rechecked = rng.random(n) < audit, rng.random(n) < recheck
    disputed = a_hit & ~b_hit
    seen = ~a_hit | sampled | (disputed & rechecked)
    chance = np.where(a_hit, np.where(disputed, audit + (1 - audit) * recheck, audit), 1.0)
    stratum = np.where(~a_hit, 0, np.where(sampled, 1, np.where(disputed, 3, 2)))
    return Pairs(
        (1 / (1 + np.exp(-2 * a))).astype(np.float32),
        (1 / (1 + np.exp(-2 * b))).astype(np.float32),
        a_hit,
        b_hit,
        np.where(seen, truth, -1).astype(np.int8),
        chance.astype(np.float32),
        stratum.astype(np.int8),
        STRATA,
        np.datetime64("2026-03-01") + rng.integers(0, days, n),
        {
            "market": (rng.integers(0, 3, n).astype(np.int16), ("", "DK", "JP")),
            "device": (rng.integers(0, 2, n).astype(np.int16), ("ios", "android")),
        },
    )


def everything_seen(n: int, seed: int = 0, **how: float) -> Pairs:
    return stream(n, seed, audit=1.0, **how)


def cells(only_a=0, only_b=0, both_right=0, both_wrong=0) -> np.ndarray:
    """(1, 3, 2, 2) of labelled pairs, all of them not what is looked for."""
    made = np.zeros((1, 3, 2, 2), np.int64)
    made[0, 1] = [[both_right, only_a], [only_b, both_wrong]]
    return made
