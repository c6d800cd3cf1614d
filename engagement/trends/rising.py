"""Which themes grow or shrink against their own past, and of which that can be said. Pure.

A theme's count in a week is taken as Poisson around a rate times all creations of the week, with a Gamma prior on the
rate (Gamma-Poisson; DuMouchel, The American Statistician 1999), so a theme of four creations that became eight is
drawn towards "as ever" and one of four hundred that became eight hundred is not. Three things keep it honest:

- weeks differ by more than chance alone (holidays, a film): how much more is measured on the past and widens intervals;
- many themes are looked at together: intervals hold for all of them at once (each has its part of the risk);
- where the past is short or the counts are small it says that it is too early to tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

ALPHA = 0.05  # for all themes together
FEWEST_WEEKS = 4  # of a past
FEWEST = 10  # creations of a theme, then and now together
SAME = 1.25  # a change by less than this factor is none that anybody would act on
PRIOR_WEIGHT = 6.0  # degrees of freedom with which what themes have in common counts beside a theme's own spread


class Says(StrEnum):
    RISING = "rising"
    FALLING = "falling"
    STEADY = "as ever"
    EARLY = "too early to tell"


@dataclass(frozen=True)
class Trend:
    """One theme. `expected`: creations that its past foresees for now. `ratio`: its rate now over its rate then, drawn
    towards 1; `low`, `high` hold for all themes at once. `spread`: variance of its weeks over Poisson's (>= 1)."""

    count: int
    expected: float
    ratio: float
    low: float
    high: float
    spread: float
    says: Says


def trends(past: Counts, now: Counts, past_all: Counts, now_all: int, alpha: float = ALPHA) -> list[Trend]:
    """A Trend for each theme. `past` (weeks, themes), `now` (themes,): creations of each theme; `past_all` (weeks,) and
    `now_all`: all creations. Weeks in which nothing was published are no past and are passed over."""
    there = past_all > 0
    past, sizes = past[there], past_all[there].astype(np.float64)
    themes = len(now)
    if not themes:
        return []
    before, all_before = past.sum(0).astype(np.float64), float(sizes.sum())
    if len(past) < FEWEST_WEEKS or not now_all:
        expected = before / all_before * now_all if all_before else np.zeros(themes)
        return [
            Trend(int(n), float(e), 1.0, 0.0, float("inf"), 1.0, Says.EARLY) for n, e in zip(now, expected, strict=True)
        ]
    spread = dispersion(past, sizes)
    # Effective counts: what a week's creations tell is less than their number when they come in bursts.
    x, h = now / spread, before / spread
    exposure, history = now_all / spread, all_before / spread
    strength = prior_strength(x, h * now_all / all_before)
    rate = (before + 0.5) / (all_before + 1)
    low, high, ratio = _ratios(x + strength, exposure + strength / rate, h + 0.5, history, alpha / themes)
    found = []
    for n in range(themes):
        says = _words(float(low[n]), float(high[n]), float(before[n] + now[n]))
        expected_now = before[n] / all_before * now_all
        found.append(
            Trend(
                int(now[n]), float(expected_now), float(ratio[n]), float(low[n]), float(high[n]), float(spread[n]), says
            )
        )
    return found


def dispersion(past: Counts, past_all: Floats) -> Floats:
    """(themes,): by how much weeks vary more than Poisson would, at least 1. Pearson's statistic over its degrees of
    freedom, each theme's own drawn towards that of all."""
    rate = past.sum(0) / past_all.sum()
    mean = past_all[:, None] * rate
    own = np.divide((past - mean) ** 2, mean, out=np.zeros_like(mean), where=mean > 0).sum(0)
    freedom = len(past) - 1.0
    some = past.sum(0) >= FEWEST
    shared = max(1.0, float(own[some].mean() / freedom)) if some.any() else 1.0
    return np.asarray(np.maximum(1.0, (own + PRIOR_WEIGHT * shared) / (freedom + PRIOR_WEIGHT)), np.float64)


def prior_strength(x: Floats, expected: Floats) -> float:
    """Shape of the Gamma prior (mean 1) of all ratios, by the likelihood of what was counted (negative binomial):
    large when themes do as they ever did, small when many change."""
    some = expected > 0
    if not some.any():
        return 10.0
    x, e = x[some], expected[some]

    def loss(log_shape: float) -> float:
        a = np.exp(log_shape)
        terms = special.gammaln(x + a) - special.gammaln(a) + a * np.log(a / (a + e)) + x * np.log(e / (a + e))
        return -float(terms.sum())

    found = optimize.minimize_scalar(loss, bounds=(np.log(1.0), np.log(1000.0)), method="bounded")
    return float(np.exp(found.x))


def _ratios(
    a: Floats, a_exposure: Floats, b: Floats, b_exposure: Floats, alpha: float
) -> tuple[Floats, Floats, Floats]:
    """(low, high, middle) of a rate ~ Gamma(a, a_exposure) over a rate ~ Gamma(b, b_exposure): a scaled F."""
    scale = (a / a_exposure) / (b / b_exposure)
    quantile = [scale * stats.f.ppf(q, 2 * a, 2 * b) for q in (alpha / 2, 1 - alpha / 2, 0.5)]
    return quantile[0], quantile[1], quantile[2]


def _words(low: float, high: float, creations: float) -> Says:
    if creations < FEWEST:
        return Says.EARLY
    if low > 1:
        return Says.RISING
    if high < 1:
        return Says.FALLING
    return Says.STEADY if low > 1 / SAME and high < SAME else Says.EARLY


def weeks(daily: Counts, length: int = 7, most: int = 12) -> tuple[Counts, Counts]:
    """Days (days, …), the newest last, into (past (weeks, …), now (…)): the last `length` days, and as many whole weeks
    before them as there are, at most `most`, the oldest first."""
    whole = min(len(daily) // length, most + 1)
    if not whole:
        return np.zeros((0, *daily.shape[1:]), np.int64), daily.sum(0)
    summed = daily[len(daily) - whole * length :].reshape(whole, length, *daily.shape[1:]).sum(1)
    return summed[:-1], summed[-1]


def order(found: Sequence[Trend]) -> list[int]:
    """Places, the most certain change first: rising, falling, as ever, too early."""
    rank = {says: n for n, says in enumerate(Says)}
    return sorted(range(len(found)), key=lambda n: (rank[found[n].says], -abs(np.log(max(found[n].ratio, 1e-9)))))
