"""Is the challenger at least not worse, by more than a margin that nobody minds?

Two answers. An interval of the difference of shares right, for a look that was planned (Tango 1998 for plain pairs).
And evidence that may be looked at every day: a bettor on every upload, not only on those that tell the models apart,
who wins a little whenever the challenger does not lose (Waudby-Smith and Ramdas 2023).
"""

from dataclasses import dataclass
from math import log, log10

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

from featurestore.compare.counting import Ints, weights
from featurestore.compare.eprocess import disagreements, discordant, references
from featurestore.compare.estimate import Estimate, Floats

BETS = 300


@dataclass(frozen=True)
class NonInferiority:
    """`margin` in share of uploads; `difference` of shares right (b - a); `evidence` log10 of the capital against
    "worse by more than the margin"; `shown`: is it enough?"""

    margin: float
    difference: Estimate
    evidence: float
    shown: bool


def noninferiority(
    cells: Ints, chance: Floats, difference: Estimate, margin: float, alpha: float = 0.05
) -> NonInferiority:
    """`cells` (k, 3, 2, 2); `difference` in share of uploads."""
    found = margin_evidence(cells, chance, margin) / log(10)
    return NonInferiority(margin, difference, found, found >= -log10(alpha))


def margin_evidence(cells: Ints, chance: Floats, margin: float) -> float:
    """Natural log of the capital against the null "share right falls by `margin` or more".

    Each upload pays x = w s with s = 1 only b right, -1 only a right, 0 otherwise, w = c_ref / c when it was seen and 0
    when it was not sampled, so x has the mean c_ref (b - a). The stake is divided over c_ref as in eprocess.py, and
    what is seen less often counts as only a right. Pairs on which the models agree are known to pay 0 without any
    label. Where labels are still to come, as many of those that agree wait with them: otherwise silence would count as
    agreement.
    """
    if not 0 < margin < 1:
        raise ValueError("the margin lies between 0 and 1")
    disagree = disagreements(cells)
    agree = float(cells.sum() - disagree.sum())
    only_a, only_b = discordant(cells)
    found = []
    for least in references(disagree, chance) if disagree.any() else [1.0]:
        seen = chance >= least
        stake = np.where(seen, least * weights(chance), 0.0)
        a, b, own = np.where(seen, only_a, 0), np.where(seen, only_b, 0), np.where(seen, disagree, 0)
        expected = (chance * own).sum()
        came = min(1.0, (a + b).sum() / expected) if expected > 0 else 1.0
        nothing = came * agree + max(0.0, (came * own - a - b).sum())
        edge = least * margin
        bet = np.geomspace(1e-5, 0.99 / (1 - edge), BETS)[:, None]
        found.append(
            nothing * np.log1p(bet[:, 0] * edge)
            + (b * np.log1p(bet * (stake + edge))).sum(-1)
            + (a * np.log1p(-bet * (stake - edge))).sum(-1)
            + (disagree.sum() - own.sum()) * np.log1p(-bet[:, 0] * (least - edge))
        )
    return float(np.logaddexp.reduce(found, None) - np.log(BETS * len(found))) if found else 0.0


def tango(only_a: int, only_b: int, n: int, alpha: float = 0.05) -> Estimate:
    """Score interval of (only_b - only_a) / n for n plain pairs. Raises ValueError without pairs."""
    if n <= 0:
        raise ValueError("no pairs")
    b, c = only_b, only_a
    z = float(-ndtri(alpha / 2))

    def score(delta: float) -> float:
        # Restricted estimate of the share c under b - c = delta (Tango 1998, appendix).
        half = -b - c + (2 * n - b + c) * delta
        q = (np.sqrt(max(half * half - 8 * n * (-c * delta * (1 - delta)), 0.0)) - half) / (4 * n)
        spread = n * (2 * q + delta * (1 - delta))
        return (b - c - n * delta) / np.sqrt(max(spread, 1e-300))

    value = (b - c) / n
    edge = 1 - 1e-9
    low = brentq(lambda d: score(d) - z, -edge, value) if score(-edge) > z and b - c > -n else -1.0
    high = brentq(lambda d: score(d) + z, value, edge) if score(edge) < -z and b - c < n else 1.0
    return Estimate(value, float(low), float(high))
