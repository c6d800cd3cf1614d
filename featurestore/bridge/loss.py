"""What a head loses on bridged vectors, with intervals."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from featurestore.bridge.fit import Bridge, fit

SHARES = 5  # of the data; each is the exam once
RESAMPLES = 2000


@dataclass(frozen=True)
class Figure:
    """An estimate with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:+.4f} [{self.low:+.4f}, {self.high:+.4f}]"


@dataclass(frozen=True)
class Loss:
    """Accuracies of heads on n things that neither head nor bridge had seen; differences are paired.

    `old`: the old head on old vectors. `new`: trained and asked on new vectors. `asked`: trained on new vectors, asked
    on bridged ones. `taught`: trained on bridged vectors, asked on new ones, which is what bridged features are for.
    """

    n: int
    pairs: int
    old: float
    new: float
    asked: float
    taught: float
    loss_asked: Figure
    loss_taught: Figure
    gain_over_old: Figure

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def loss(
    old: NDArray[np.floating],
    new: NDArray[np.floating],
    y: NDArray[np.str_],
    more: tuple[NDArray[np.floating], NDArray[np.floating]] | None = None,
    seed: int = 0,
) -> Loss:
    """Measure on pairs with labels: rows of `old`, `new` and `y` (n,) belong together. `more`: pairs without labels.

    For each fifth, bridge and heads are learned on the others. ValueError: a value that fewer than five rows have.
    """
    values, counts = np.unique(y, return_counts=True)
    if len(values) < 2 or counts.min() < SHARES:
        found = ", ".join(f"{count} {value}" for value, count in zip(values, counts, strict=True))
        raise ValueError(f"a head needs two values with {SHARES} examples each; there are {found}")
    part = parts(y, seed)
    right = {name: np.zeros(len(y), bool) for name in ("old", "new", "asked", "taught")}
    for share in range(SHARES):
        rest, exam = part != share, part == share
        bridge = _bridge(old, new, rest, more)
        # A bridge knows the pairs it was learned from too well: each row that is taught is carried by one that had not
        # seen it, as it will be for features whose pictures are gone.
        carried = np.empty_like(new)
        for other in set(range(SHARES)) - {share}:
            rows = part == other
            carried[rows] = _bridge(old, new, rest & ~rows, more).carry(old[rows])
        for name, teach, ask in (
            ("old", old, old[exam]),
            ("new", new, new[exam]),
            ("asked", new, bridge.carry(old[exam])),
            ("taught", carried, new[exam]),
        ):
            right[name][exam] = head(teach[rest], y[rest])(ask) == y[exam]
    figures = {name: float(hits.mean()) for name, hits in right.items()}
    return Loss(
        len(y),
        bridge.pairs,
        **figures,
        loss_asked=difference(right["new"], right["asked"], seed),
        loss_taught=difference(right["new"], right["taught"], seed),
        gain_over_old=difference(right["taught"], right["old"], seed),
    )


def _bridge(
    old: NDArray[np.floating],
    new: NDArray[np.floating],
    rows: NDArray[np.bool_],
    more: tuple[NDArray[np.floating], NDArray[np.floating]] | None,
) -> Bridge:
    x, y = old[rows], new[rows]
    return fit("old", "new", *((np.concatenate([x, more[0]]), np.concatenate([y, more[1]])) if more else (x, y)))


def head(x: NDArray[np.floating], y: NDArray[np.str_]) -> Callable[[NDArray[np.floating]], NDArray[np.str_]]:
    """A balanced logistic head: a function from vectors (n, dim) to values (n,)."""
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=0.01, max_iter=2000, class_weight="balanced").fit(scaler.transform(x), y)
    return lambda asked: model.predict(scaler.transform(asked))


def difference(a: NDArray[np.bool_], b: NDArray[np.bool_], seed: int = 0) -> Figure:
    """Mean of a - b with a paired bootstrap interval over things: both answers on one thing are drawn together."""
    each = a.astype(np.float64) - b
    rng = np.random.default_rng(seed)
    # Each thing is +1, 0 or -1, so a resample is three counts.
    shares = np.array([(each == v).mean() for v in (1, 0, -1)])
    drawn = rng.multinomial(len(each), shares, RESAMPLES)
    means = (drawn[:, 0] - drawn[:, 2]) / len(each)
    low, high = np.percentile(means, [2.5, 97.5])
    return Figure(float(each.mean()), float(low), float(high))


def parts(y: NDArray[np.str_], seed: int) -> NDArray[np.intp]:
    """Fifths with the same share of each value."""
    rng = np.random.default_rng(seed)
    part = np.empty(len(y), np.intp)
    for value in np.unique(y):
        rows = rng.permutation(np.flatnonzero(y == value))
        part[rows] = np.arange(len(rows)) % SHARES
    return part
