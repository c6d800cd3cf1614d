"""Learns a picture head from views of labelled pictures of several kinds (a catalogue's, a phone's)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import StandardScaler

from engagement.themes.fit_text import square
from engagement.themes.picture_head import Seen, logits
from engagement.themes.sheet import Arrays
from engagement.themes.text_head import softmax

RIDGE = 0.01  # of the mean squared length of a vector: little, since what tells themes apart is a small part of it
STRENGTH, GATE, CALM = 0.01, 0.01, 1.0  # inverse penalties: few figures, many dimensions
FOLDS = 20
CALIBRATION_FOLDS = 8

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Way:
    """How a head looks and learns: whose vectors, of which of that encoder's views (picture_head.VIEWS), and how.

    `mean_first`: ridge regression on the mean of a picture's views: what only one of them shows (a shelf, a shadow, a
    bad cut) is made small before anything is learned. Else each view is a row of a logistic regression.
    """

    encoder: str
    views: tuple[int, ...]
    mean_first: bool


# A catalogue's pictures are told apart best by the image encoder's first two views, which show prints; a phone's by the
# subject encoder. Which of them it shall be, cross-validation says.
WAYS = (Way("image", (0, 1, 2, 3), False), Way("image", (0, 1), False), Way("subject", (0, 1, 2), True))


@dataclass(frozen=True)
class Data:
    """`vectors` (n, views, dim); theme, kind of picture and figure of each as whole numbers from 0."""

    vectors: Seen
    theme: Rows
    kind: Rows
    figure: Rows

    def cut(self, rows: NDArray) -> "Data":
        return Data(self.vectors[rows], self.theme[rows], self.kind[rows], self.figure[rows])


def balance(data: Data) -> NDArray[np.float64]:
    """Weights: figures alike whatever the number of their pictures; kinds alike, and in a kind its themes."""
    weight = np.zeros(len(data.theme))
    for kind in np.unique(data.kind):
        themes = np.unique(data.theme[data.kind == kind])
        for theme in themes:
            rows = np.flatnonzero((data.kind == kind) & (data.theme == theme))
            _, index, count = np.unique(data.figure[rows], return_inverse=True, return_counts=True)
            weight[rows] = len(data.theme) / len(themes) / len(count) / count[index]
    return weight / weight.mean()


def fit(data: Data, themes: int, calibrated: bool = True, way: Way = WAYS[0]) -> Arrays:
    """The arrays of a head (picture_head.logits)."""
    arrays = _plain(data, themes, way)
    if not calibrated:
        return arrays
    # Whole figures are left out: of a figure that it knows a head is always sure.
    unseen = np.zeros((len(data.theme), themes))
    for train, test in _folds(data, CALIBRATION_FOLDS):
        unseen[test] = logits(_plain(data.cut(train), themes, way), data.vectors[test])
    second = LogisticRegression(C=CALM, max_iter=1000).fit(unseen, data.theme, sample_weight=balance(data))
    turn, shift = square(second.coef_, second.intercept_, second.classes_, themes)
    return {**arrays, "weight": arrays["weight"] @ turn, "bias": arrays["bias"] @ turn + shift}


def _plain(data: Data, themes: int, way: Way) -> Arrays:
    kinds = int(data.kind.max()) + 1
    dim = data.vectors.shape[2]
    means, looked_at = _usual(data, kinds), [view for view in way.views if view < data.vectors.shape[1]]
    views = (data.vectors - means[data.kind])[:, looked_at]
    learn = _ridge if way.mean_first else _logistic
    matrix, bias = learn(views, data.theme, balance(data), themes)
    gate, gate_bias = np.zeros((dim, kinds)), np.zeros(kinds)
    if len(np.unique(data.kind)) > 1:
        judge = LogisticRegression(C=GATE * dim, max_iter=2000).fit(data.vectors[:, 0], data.kind)
        gate, gate_bias = square(judge.coef_, judge.intercept_, judge.classes_, kinds)
    share = np.zeros(data.vectors.shape[1])
    share[looked_at] = 1 / len(looked_at)
    return {"share": share, "means": means, "gate": gate, "gate_bias": gate_bias, "weight": matrix, "bias": bias}


Learned = tuple[NDArray[np.float64], NDArray[np.float64]]  # (dim, themes), (themes,)


def _ridge(views: NDArray, theme: Rows, weight: NDArray[np.float64], themes: int) -> Learned:
    """One theme against the rest, on the mean of the views."""
    x = views.mean(1)
    y = np.where(theme[:, None] == np.arange(themes), 1.0, -1.0)
    middle, level = np.average(x, axis=0, weights=weight), np.average(y, axis=0, weights=weight)
    rows = (x - middle) * np.sqrt(weight)[:, None]
    cov = rows.T @ rows
    towards = rows.T @ ((y - level) * np.sqrt(weight)[:, None])
    matrix = np.linalg.solve(cov + RIDGE * np.trace(cov) / len(x) * np.eye(x.shape[1]), towards)
    return matrix, level - middle @ matrix


def _logistic(views: NDArray, theme: Rows, weight: NDArray[np.float64], themes: int) -> Learned:
    """Each view is a row."""
    n = views.shape[1]
    x = views.reshape(-1, views.shape[2])
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=STRENGTH, max_iter=2000)
    model.fit(scaler.transform(x), np.repeat(theme, n), sample_weight=np.repeat(weight, n))
    matrix, bias = square(model.coef_, model.intercept_, model.classes_, themes)
    matrix = matrix / scaler.scale_[:, None]
    return matrix, bias - scaler.mean_ @ matrix


def _usual(data: Data, kinds: int) -> NDArray[np.float64]:
    """(kinds, views, dim): what pictures of a kind have in common, over the themes that all kinds have.

    Over other themes too it would be different for kinds only because their themes are.
    """
    shared = set.intersection(*(set(data.theme[data.kind == kind].tolist()) for kind in np.unique(data.kind)))
    means = np.zeros((kinds, *data.vectors.shape[1:]))
    for kind in np.unique(data.kind):
        rows = (data.kind == kind) & np.isin(data.theme, list(shared) or data.theme)
        means[kind] = np.average(data.vectors[rows], axis=0, weights=balance(data)[rows])
    return means


def _folds(data: Data, most: int) -> list[tuple[Rows, Rows]]:
    folds = min(most, len(np.unique(data.figure)))
    return list(GroupKFold(folds, shuffle=True, random_state=7).split(data.theme, groups=data.figure))


def cross_validated(data: Data, themes: int, calibrated: bool = True, way: Way = WAYS[0]) -> NDArray[np.float64]:
    """(n, themes): what heads said of pictures of figures of which they had seen no picture, of any kind."""
    p = np.zeros((len(data.theme), themes))
    for train, test in _folds(data, FOLDS):
        p[test] = softmax(logits(fit(data.cut(train), themes, calibrated, way), data.vectors[test]))
    return p


def repeated(data: Data, themes: int, kind: int, draws: int = 30, out: float = 0.25, way: Way = WAYS[0]) -> list[float]:
    """Accuracy on unseen figures of a kind, in draws that leave out a quarter of each theme's figures of that kind."""
    rng = np.random.default_rng(7)
    right = []
    for _ in range(draws):
        held = [
            figure
            for theme in np.unique(data.theme[data.kind == kind])
            for figure in _some(rng, data.figure[(data.kind == kind) & (data.theme == theme)], out)
        ]
        train = np.flatnonzero(~np.isin(data.figure, held))
        test = np.flatnonzero(np.isin(data.figure, held) & (data.kind == kind))
        said = logits(fit(data.cut(train), themes, False, way), data.vectors[test]).argmax(1)
        right.append(float((said == data.theme[test]).mean()))
    return right


def _some(rng: np.random.Generator, figures: Rows, share: float) -> Rows:
    mixed = rng.permutation(np.unique(figures))
    return mixed[: max(1, round(len(mixed) * share))]


def learning_curve(
    data: Data, themes: int, kind: int, sizes: Sequence[int], draws: int = 20, way: Way = WAYS[0]
) -> list[dict[str, float]]:
    """How good heads are on unseen figures of a kind when they have seen so many figures a theme of that kind.

    Each draw leaves out a fifth of the figures of the kind, and learns from `size` of the rest of each theme and from
    all figures of the other kinds that are not left out.
    """
    rng = np.random.default_rng(7)
    rows = []
    for size in sizes:
        right = []
        for _ in range(draws):
            held, kept = [], []
            for theme in np.unique(data.theme[data.kind == kind]):
                mixed = rng.permutation(np.unique(data.figure[(data.kind == kind) & (data.theme == theme)]))
                out = max(1, len(mixed) // 5)
                held += mixed[:out].tolist()
                kept += mixed[out : out + size].tolist()
            train = np.flatnonzero(~np.isin(data.figure, held) & ((data.kind != kind) | np.isin(data.figure, kept)))
            test = np.flatnonzero(np.isin(data.figure, held) & (data.kind == kind))
            said = logits(fit(data.cut(train), themes, False, way), data.vectors[test]).argmax(1)
            right.append(float((said == data.theme[test]).mean()))
        rows.append({"figures": size, "accuracy": float(np.mean(right)), "spread": float(np.std(right))})
    return rows
