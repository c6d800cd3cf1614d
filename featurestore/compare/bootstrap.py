"""Paired bootstrap with BCa intervals (Efron 1987), on counts of types instead of rows.

A resample of n rows that fall into t types is one draw of a multinomial, so a million rows cost as much as a thousand.
Pairs stay pairs (a type holds both models' answers), and weights are computed anew in each resample, so the interval
also holds the chance that other labels had been sampled. The acceleration comes from the exact jackknife: leaving out
any row of one type gives the same figure, so t figures are all of them.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import ndtr, ndtri

from featurestore.compare.counting import NO, Ints
from featurestore.compare.estimate import Estimate, Floats

DRAWS = 2000
LEAST = 5  # of each answer, in every cell of which labels were sampled

Statistic = Callable[[Ints], Floats]  # counts (..., t) -> (..., m)


def can_tell(cells: Ints) -> bool:
    """May `cells` (k, 3, 2, 2) be resampled? Where a cell showed an answer fewer than LEAST times, a resample often has
    none of it and BCa's interval is too short; draws with Jeffreys' half count are used there (weighting.py)."""
    answers = cells[:, NO:].sum(0)
    return bool((answers[:, cells.sum((0, 1)) > 0] >= LEAST).all())


def bca(
    counts: Ints,
    statistic: Statistic,
    alpha: float = 0.05,
    draws: int = DRAWS,
    seed: int = 0,
    strata: Ints | None = None,
) -> list[Estimate]:
    """`counts` (t,) -> an estimate for each of the m figures of `statistic`.

    `strata` (t,): number of the stratum of each type, whose size is then kept in every resample; None: one stratum.
    A figure that does not vary gets an interval of no width; one that cannot be computed is nan.
    """
    flat = np.asarray(counts, np.int64)
    value = statistic(flat)
    drawn = np.sort(statistic(resample(flat, draws, seed, strata)), 0)  # nan sorts last
    jack, times = _jackknife(flat, statistic)
    return [_interval(float(value[j]), drawn[:, j], jack[:, j], times, alpha) for j in range(len(value))]


def resample(counts: Ints, draws: int, seed: int = 0, strata: Ints | None = None) -> Ints:
    """(t,) -> (draws, t), each row drawn with as many rows as there were, in each stratum."""
    rng = np.random.default_rng(seed)
    made = np.zeros((draws, len(counts)), np.int64)
    group = np.zeros(len(counts), np.int64) if strata is None else strata
    for one in np.unique(group):
        chosen = np.flatnonzero((group == one) & (counts > 0))
        n = int(counts[chosen].sum())
        if n:
            made[:, chosen] = rng.multinomial(n, counts[chosen] / n, draws)
    return made


def _jackknife(counts: Ints, statistic: Statistic) -> tuple[Floats, Floats]:
    """Figures (t', m) with one row of a type left out, and how many rows would give each (t',)."""
    used = np.flatnonzero(counts)
    left = np.repeat(counts[None], len(used), 0)
    left[np.arange(len(used)), used] -= 1
    return statistic(left), counts[used].astype(np.float64)


def _interval(value: float, drawn: Floats, jack: Floats, times: Floats, alpha: float) -> Estimate:
    good = drawn[: int(np.isfinite(drawn).sum())]
    if not np.isfinite(value) or len(good) < len(drawn) / 2:
        return Estimate(float("nan"), float("nan"), float("nan"))
    # Half of the draws that equal the value: without it a figure in few steps has a false bias.
    below = (np.searchsorted(good, value, "left") + np.searchsorted(good, value, "right")) / 2
    bias = ndtri(np.clip(below / len(good), 0.5 / len(good), 1 - 0.5 / len(good)))
    fine = np.isfinite(jack)
    jack, times = jack[fine], times[fine]
    pull = (times * jack).sum() / max(times.sum(), 1) - jack
    spread = (times * pull**2).sum()
    skew = float((times * pull**3).sum() / (6 * spread**1.5)) if spread > 0 else 0.0
    z = bias + ndtri([alpha / 2, 1 - alpha / 2])
    low, high = np.quantile(good, ndtr(bias + z / (1 - skew * z)))
    return Estimate(value, min(float(low), value), max(float(high), value))
