"""The statistics of the comparison page over a million pairs: from arrays to everything that the page shows."""

import time

import numpy as np
from _common import Row, percentile

from featurestore.compare.comparison import compare
from featurestore.compare.pairs import Pairs

STRATA = ("seen", "audit", "agreed", "disputed")
MARKETS = ("", "DK", "DE", "PL", "JP", "US", "GB", "FR", "ES", "IT", "SE", "NO", "NL", "BR", "KR", "AU")
LANGUAGES = ("", "da", "de", "pl", "ja", "en", "fr", "es", "it", "sv", "nb", "nl", "pt", "ko")
DEVICES = ("", "ios", "android", "web")


def made_up(n: int, seed: int = 0) -> Pairs:
    """n pairs over 90 days: 3 % finds, a challenger that is a little better, 2 % audit, 3 of 10 disputes rechecked."""
    rng = np.random.default_rng(seed)
    find = rng.random(n) < 0.03
    side, shared = np.where(find, 1.0, -1.0), rng.normal(size=n)
    a = 1.6 * side + 0.6 * shared + 0.6 * rng.normal(size=n)
    b = 1.7 * side + 0.6 * shared + 0.6 * rng.normal(size=n)
    a_hit, b_hit = a > 0.2, b > 0.2
    audit, disputed = rng.random(n) < 0.02, a_hit & ~b_hit
    seen = ~a_hit | audit | (disputed & (rng.random(n) < 0.3))
    names = {"market": MARKETS, "language": LANGUAGES, "device": DEVICES}
    return Pairs(
        a_score=(1 / (1 + np.exp(-2 * a))).astype(np.float32),
        b_score=(1 / (1 + np.exp(-2 * b))).astype(np.float32),
        a_hit=a_hit,
        b_hit=b_hit,
        label=np.where(seen, find, -1).astype(np.int8),
        chance=np.where(a_hit, np.where(disputed, 0.02 + 0.98 * 0.3, 0.02), 1).astype(np.float32),
        stratum=np.where(~a_hit, 0, np.where(audit, 1, np.where(disputed, 3, 2))).astype(np.int8),
        strata=STRATA,
        day=np.datetime64("2026-01-01") + rng.integers(0, 90, n),
        slices={name: (rng.integers(0, len(of), n).astype(np.int16), of) for name, of in names.items()},
    )


def compare_rows(n: int = 1_000_000, rounds: int = 20) -> list[Row]:
    """Median and slowest of `rounds` in this process after one that is not counted, and what they cost of a core: the
    same unless something else runs beside it."""
    pairs = made_up(n)
    compare(pairs)
    taken, worked = [], time.process_time()
    for _ in range(rounds):
        began = time.perf_counter()
        compare(pairs)
        taken.append(1000 * (time.perf_counter() - began))
    worked = 1000 * (time.process_time() - worked) / rounds
    return [
        Row(f"compare {n:,} pairs, p50", percentile(taken, 50)),
        Row(f"compare {n:,} pairs, work", worked, unit="ms of one core"),
        Row(f"compare {n:,} pairs, slowest of {rounds}", max(taken)),
    ]
