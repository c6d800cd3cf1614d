"""What somebody would try who holds the store, the encoder (which is public) and pictures of their own."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.preprocessing import StandardScaler

from featurestore.privacy.figures import Figure, auc, mean, share

X = NDArray[np.float32]  # (n, dim)


@dataclass(frozen=True)
class Linkage:
    """`first`: how often the right vector was the nearest. `above`: how often it was nearer than another."""

    first: Figure
    above: Figure

    @property
    def no_better(self) -> bool:
        """No better than chance, by both."""
        return self.first.no_better and self.above.no_better


def linkage(asked: X, stored: X, seed: int) -> Linkage:
    """Given the picture whose vector is `asked[i]`, is `stored[i]` the nearest of all? By cosine."""
    near = unit(asked) @ unit(stored).T
    own = np.diag(near)[:, None]
    n = len(near)
    below = ((near < own).sum(1) + ((near == own).sum(1) - 1) / 2) / (n - 1)
    ties = (near == own).sum(1)
    hits = (near.argmax(1) == np.arange(n)) & (ties == 1)
    return Linkage(share(hits, 1 / n), mean(below, 0.5, seed))


def often(attack: Callable[[np.random.Generator], Linkage], rounds: int, seed: int) -> Linkage:
    """An attack that hangs on luck (does an axis fall on the right one?), tried `rounds` times on other pictures.

    The luck is the same for all pictures of a round, so it is rounds that the interval is made from.
    """
    tries = [attack(np.random.default_rng([seed, n])) for n in range(rounds)]
    above = np.array([one.above.value for one in tries])
    low, high = np.quantile(above, (0.025, 0.975))
    first, n = float(np.mean([one.first.value for one in tries])), tries[0].first.n
    hits = np.arange(n) < round(first * n)
    return Linkage(
        share(hits, tries[0].first.chance), Figure(float(above.mean()), float(low), float(high), 0.5, rounds)
    )


def some(x: X, rng: np.random.Generator, share: float = 0.75) -> NDArray[np.intp]:
    """Rows of most of `x`, at random."""
    return rng.permutation(len(x))[: int(len(x) * share)]


def same_shape(asked: X, stored: X, seed: int) -> tuple[X, X]:
    """Whoever does not know a projection tries one of their own."""
    if asked.shape[1] == stored.shape[1]:
        return asked, stored
    guess = np.random.default_rng(seed).standard_normal((asked.shape[1], stored.shape[1])).astype(np.float32)
    return unit(asked) @ guess, stored


def align(own: X, asked: X, stored: X, size: int) -> tuple[X, X]:
    """Without one known pair: axes of the attacker's `own` vectors laid on the axes of all that is stored.

    A projection keeps shape, and the shape of many pictures' vectors is much alike whoever took them: the widest axis
    of one is the widest of the other, and its skewness says which end is which.
    """
    mine, theirs = PCA(size, random_state=0).fit(unit(own)), PCA(size, random_state=0).fit(unit(stored))
    known, found, seen = mine.transform(unit(own)), theirs.transform(unit(stored)), mine.transform(unit(asked))

    def skew(x: X) -> NDArray[np.floating]:
        return ((x - x.mean(0)) ** 3).mean(0)

    turned = np.sign(skew(known)) * np.sign(skew(found))
    return seen / known.std(0), found * turned / found.std(0)


def learn_map(asked: X, stored: X, pairs: int, seed: int) -> tuple[X, X]:
    """With `pairs` pictures whose stored vectors are known: a linear map is learned, and tried on all the others."""
    order = np.random.default_rng(seed).permutation(len(asked))
    known, rest = order[:pairs], order[pairs:]
    way = Ridge(alpha=1e-3, fit_intercept=True).fit(unit(asked[known]), unit(stored[known]))
    return way.predict(unit(asked[rest])), stored[rest]


def head() -> LogisticRegression:
    return LogisticRegression(C=1.0, max_iter=300)


def accuracy(train: X, labels: NDArray[np.str_], exam: X, truth: NDArray[np.str_]) -> Figure:
    """What the store is for: a head learns from `train`, and is asked about `exam`."""
    scale = StandardScaler().fit(train)
    told = head().fit(scale.transform(train), labels).predict(scale.transform(exam))
    return share(told == truth, _majority(truth))


def attribute(x: X, secret: NDArray[np.str_], seed: int) -> Figure:
    """How often a head that learned it from others guesses `secret` of a vector; chance is the commonest value."""
    folds = StratifiedKFold(4, shuffle=True, random_state=seed)
    told = cross_val_predict(head(), StandardScaler().fit_transform(x), secret, cv=folds)
    return share(told == secret, _majority(secret))


def membership(x: X, labels: NDArray[np.str_], seed: int) -> Figure:
    """Was this vector among those that the head learned from? The surer the head is of the truth, the likelier."""
    rng = np.random.default_rng(seed)
    inside = np.zeros(len(x), np.bool_)
    for label in np.unique(labels):  # half of each label
        of_it = rng.permutation(np.flatnonzero(labels == label))
        inside[of_it[: len(of_it) // 2]] = True
    scale = StandardScaler().fit(x[inside])
    model = head().fit(scale.transform(x[inside]), labels[inside])
    sure = model.predict_proba(scale.transform(x))[np.arange(len(x)), np.searchsorted(model.classes_, labels)]
    return auc(sure[inside], sure[~inside], seed)


def _majority(values: NDArray[np.str_]) -> float:
    return float(np.unique(values, return_counts=True)[1].max() / len(values))


def unit(x: X) -> X:
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)
