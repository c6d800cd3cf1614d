"""Which creations no theme explains, with a false-alarm rate that is set. Pure: no Django.

The score is one minus the calibrated probability of the likeliest theme (Hendrycks and Gimpel, 2017, "A Baseline for
Detecting Misclassified and Out-of-Distribution Examples"); docs/new-themes.md has how it did against the energy of the
logits (Liu et al., 2020) and against distances. Heads that have a ground (themes/ground.py) add the distance from it.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import betabinom

Scores = NDArray[np.float64]

FALSE_ALARMS = 0.1  # of creations of known themes that may count as strange
CHANCE = 0.01  # that false alarms alone are taken for something new


def strangeness(p: NDArray[np.floating]) -> Scores:
    """(n,) from probabilities (n, themes), higher is stranger; a row of NaN (nothing to look at) is not strange."""
    top = np.full(len(p), 1.0)
    there = ~np.isnan(p).any(1)
    if p.size:
        top[there] = p[there].max(1)
    return 1.0 - top


def energy(logits: NDArray[np.floating]) -> Scores:
    """(n,) minus the log of the sum of exponents: low where some theme is sure."""
    most = logits.max(1)
    return np.asarray(-(most + np.log(np.exp(logits - most[:, None]).sum(1))), np.float64)


def threshold(known: NDArray[np.floating], rate: float) -> float:
    """Score above which at most `rate` of creations of known themes lie, in expectation over draws of `known` (m,).

    Split conformal prediction (Vovk et al., 2005): with the k-th smallest score, k = ceil((m + 1) (1 - rate)), a new
    creation that is exchangeable with the m is above it with a chance in (rate - 1 / (m + 1), rate]. Infinite when
    there are too few to say so.
    """
    if not 0 < rate < 1:
        raise ValueError(f"a rate of false alarms lies between 0 and 1, not at {rate}")
    k = int(np.ceil((len(known) + 1) * (1 - rate) - 1e-9))
    return float(np.sort(known)[k - 1]) if k <= len(known) else float("inf")


def real_share(strange: int, of: int, known: int, rate: float) -> float:
    """The share of `strange` creations among `of` that false alarms do not explain; 0: they may explain them all.

    The share of known creations above a threshold that was set with `known` scores is itself drawn (beta), so how many
    of `of` lie above it is beta-binomial; what only one draw in CHANCE would reach counts as explained.
    """
    alarms = known + 1 - int(np.ceil((known + 1) * (1 - rate) - 1e-9))
    if alarms < 1 or not strange:
        return 0.0
    most = int(betabinom.ppf(1 - CHANCE, of, alarms, known + 1 - alarms))
    return max(0.0, 1 - most / strange)
