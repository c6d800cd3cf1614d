"""A threshold by the risk that one is ready to take: "at most 1 in 200 good creations rejected, 95 % sure".

Learn then test (Angelopoulos, Bates, Candès, Jordan and Lei 2021): for every threshold the null "it breaks the bound"
is tested, from the safest threshold on, and the testing stops at the first that cannot be ruled out (fixed sequence,
so nothing has to be paid for looking at many). The chance that the threshold that comes out breaks the bound is then
at most 1 - confidence, whatever the scores and however few the labels.

Where every label was to be had with the same chance the p-value is the exact binomial tail. Where chances differ it
is 1 / capital of a bettor on the weighted losses (Waudby-Smith and Ramdas 2023): valid for any sample, with no formula
that holds only for many.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from featurestore.compare.counting import levels
from featurestore.compare.estimate import Floats

FALSE_REJECT, MISSED = "false_reject", "missed"
BETS = 40
# Fixed before any label is seen, as the guarantee wants it: even steps, and finer ones where heads are most sure.
THRESHOLDS: Floats = np.unique(
    np.round(
        np.concatenate(
            [np.linspace(0.002, 0.998, 499), 1 - np.geomspace(1e-6, 1e-2, 60), np.geomspace(1e-6, 1e-2, 60)]
        ),
        7,
    )
)


@dataclass(frozen=True)
class RiskChoice:
    """`threshold` that keeps the bound, or None when none can be promised; `sentence` says either in words.

    `loss`, `bound`, `confidence` as asked. `risk`: the estimated loss at that threshold. `caught`: estimated share of
    finds that reach it. `rejected`: estimated share of all uploads that do. `labels`: of the kind that the bound is
    about. `needed`: about so many of them would make it possible (0 when it is).
    """

    loss: str
    bound: float
    confidence: float
    threshold: float | None
    risk: float
    caught: float
    rejected: float
    labels: int
    needed: int
    sentence: str

    @property
    def possible(self) -> bool:
        return self.threshold is not None


def risk_threshold(
    scores: NDArray[np.floating],
    labels: NDArray[np.integer],
    weights: NDArray[np.floating] | None,
    bound: float,
    confidence: float = 0.95,
    loss: str = FALSE_REJECT,
) -> RiskChoice:
    """`scores`, `labels`, `weights` (n,) of all rows, seen or not: score 0..1; 1 what the task looks for, 0 not, -1 not
    known; 1 / chance of being seen (None: all the same). What reaches the threshold is rejected.

    `loss`: "false_reject", the share of good creations that are rejected; or "missed", the share of finds that are not.
    Raises ValueError for a bound or confidence outside 0..1, or another loss.
    """
    return curve(scores, labels, weights, [bound], confidence, loss)[0]


def curve(
    scores: NDArray[np.floating],
    labels: NDArray[np.integer],
    weights: NDArray[np.floating] | None,
    bounds: Sequence[float],
    confidence: float = 0.95,
    loss: str = FALSE_REJECT,
) -> list[RiskChoice]:
    """What each of `bounds` buys, in that order; the rows are looked at once. As `risk_threshold`."""
    if loss not in (FALSE_REJECT, MISSED):
        raise ValueError(f"no loss {loss}")
    if weights is not None and not np.isfinite(weights).all():
        never = int((~np.isfinite(weights)).sum())
        return [_never(never, bound, confidence, loss, int((labels == _kind(loss)).sum())) for bound in bounds]
    if not (0 < confidence < 1 and all(0 < bound < 1 for bound in bounds)):
        raise ValueError("bound and confidence lie between 0 and 1")
    reached = _Reached(scores, labels, np.ones(len(scores)) if weights is None else weights)
    return [_choose(reached, bound, confidence, loss) for bound in bounds]


class _Reached:
    """Of each kind (0 good, 1 find): how many labels of each weight reach each threshold.

    `weight` (k,) of all rows, seen or not, since which weights there might have been is part of the plan;
    `hits[kind]` (t, k), `rows[kind]` (k,).
    """

    def __init__(
        self, scores: NDArray[np.floating], labels: NDArray[np.integer], weights: NDArray[np.floating]
    ) -> None:
        t = len(THRESHOLDS)
        if not len(scores):
            self.weight, self.hits, self.rows = np.ones(1), np.zeros((2, t, 1), np.int64), np.zeros((2, 1), np.int64)
            return
        level, chance = levels((weights.min() / weights).astype(np.float32))
        self.weight, k = 1 / chance, len(chance)
        known = labels >= 0
        step = np.searchsorted(THRESHOLDS, scores[known], "right")  # how many thresholds the score reaches
        code = (labels[known].astype(np.intp) * (t + 1) + step) * k + level[known]
        table = np.bincount(code, minlength=2 * (t + 1) * k).reshape(2, t + 1, k)
        self.hits = table[:, ::-1].cumsum(1)[:, ::-1][:, 1:]
        self.rows = table.sum(1)

    def share(self, kind: int) -> Floats:
        """(t,) weighted share of a kind that reaches each threshold, nan without labels of it."""
        base = self.rows[kind] @ self.weight
        return self.hits[kind] @ self.weight / base if base else np.full(len(THRESHOLDS), np.nan)

    def rejected(self) -> Floats:
        base = self.rows.sum(0) @ self.weight
        return self.hits.sum(0) @ self.weight / base if base else np.full(len(THRESHOLDS), np.nan)


def _choose(reached: _Reached, bound: float, confidence: float, loss: str) -> RiskChoice:
    kind = _kind(loss)
    rows = reached.rows[kind]
    labels = int(rows.sum())
    lost = reached.hits[kind] if kind == 0 else rows - reached.hits[kind]
    if kind == 0:  # the safest first: the highest threshold rejects fewest
        lost = lost[::-1]
    passed = p_values(lost, rows, reached.weight, bound) <= 1 - confidence if labels else np.zeros(1, bool)
    good = len(passed) if passed.all() else int(np.argmin(passed))
    if not good:
        needed = _needed(rows, reached.weight, bound, confidence)
        sentence = _impossible(bound, confidence, loss, labels, needed)
        return RiskChoice(
            loss, bound, confidence, None, float("nan"), float("nan"), float("nan"), labels, needed, sentence
        )
    place = len(THRESHOLDS) - good if kind == 0 else good - 1
    shares = reached.share(kind)
    risk = float(shares[place] if kind == 0 else 1 - shares[place])
    threshold, caught = float(THRESHOLDS[place]), float(reached.share(1)[place])
    return RiskChoice(
        loss,
        bound,
        confidence,
        threshold,
        risk,
        caught,
        float(reached.rejected()[place]),
        labels,
        0,
        _possible(bound, confidence, loss, threshold, caught, labels),
    )


def _kind(loss: str) -> int:
    return 0 if loss == FALSE_REJECT else 1


def _never(rows: int, bound: float, confidence: float, loss: str, labels: int) -> RiskChoice:
    """An infinite weight: of rows that nobody was ever going to look at nothing can be promised."""
    because = f"nobody was ever going to look at {rows:,} uploads. An audit sample would settle it."
    sentence = f"No threshold can promise that {_promise(bound, loss)}, {confidence:.0%} sure: {because}"
    nan = float("nan")
    return RiskChoice(loss, bound, confidence, None, nan, nan, nan, labels, 0, sentence)


def p_values(lost: NDArray[np.integer], rows: NDArray[np.integer], weight: Floats, bound: float) -> Floats:
    """`lost` (t, k) of `rows` (k,) labels of each weight -> (t,) p-values of "the share lost is above the bound"."""
    if len(weight) == 1:
        return bdtr(lost[:, 0], rows[0], bound)
    stake = weight / weight.max()
    # Each label pays stake * (bound - lost): 0 or less in the mean if the bound is broken. At most 1 - bound is lost.
    bet = np.geomspace(0.99 / (1 - bound), 1e-4, BETS)
    prior = np.log(1 / np.arange(1, BETS + 1) / (1 / np.arange(1, BETS + 1)).sum())  # most on the boldest
    good = np.log1p(np.outer(stake, bet * bound))
    bad = np.log1p(-np.outer(stake, bet * (1 - bound)))
    capital = np.logaddexp.reduce((rows - lost) @ good + lost @ bad + prior, axis=-1)
    return np.exp(-np.maximum(capital, 0.0))


def _needed(rows: NDArray[np.integer], weight: Floats, bound: float, confidence: float) -> int:
    """Labels with which the safest threshold would pass if it lost none, mixed as they are now."""
    plain = ceil(log(1 - confidence) / log(1 - bound))
    if len(weight) == 1 or not rows.any():
        return plain
    nothing = np.zeros((1, len(rows)), np.int64)
    times, low = 1.0, 0.0
    while p_values(nothing, np.ceil(rows * times).astype(np.int64), weight, bound)[0] > 1 - confidence:
        low, times = times, times * 2
    for _ in range(20):
        middle = (low + times) / 2
        enough = p_values(nothing, np.ceil(rows * middle).astype(np.int64), weight, bound)[0] <= 1 - confidence
        low, times = (low, middle) if enough else (middle, times)
    return max(plain, ceil(rows.sum() * times))


def _possible(bound: float, confidence: float, loss: str, threshold: float, caught: float, labels: int) -> str:
    tail = f", and catches {caught:.1%} of what it looks for" if caught == caught and loss == FALSE_REJECT else ""
    sure = f"{confidence:.0%} sure by {labels:,} labels"
    return f"With a threshold of {threshold:.4g} {_promise(bound, loss)}, {sure}{tail}."


def _impossible(bound: float, confidence: float, loss: str, labels: int, needed: int) -> str:
    kind = "good creations" if loss == FALSE_REJECT else "finds"
    start = f"No threshold can promise that {_promise(bound, loss)}, {confidence:.0%} sure: "
    if labels < needed:
        return f"{start}{labels:,} {kind} have a label, and it takes about {needed:,}."
    edge = "highest" if loss == FALSE_REJECT else "lowest"
    return f"{start}even the {edge} threshold breaks it or comes too near, judged by {labels:,} {kind}."


def _promise(bound: float, loss: str) -> str:
    kind, done = ("good creations", "rejected") if loss == FALSE_REJECT else ("finds", "missed")
    if bound > 0.5:
        return f"at most {bound:.0%} of {kind} are {done}"
    one_in = 1 / bound
    return (
        f"at most 1 in {one_in:,.0f} {kind} is {done}"
        if abs(one_in - round(one_in)) < 1e-6
        else (f"at most {100 * bound:.3g} % of {kind} are {done}")
    )
