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

STRENGTH, GATE, CALM = 0.01, 0.01, 1.0  # inverse penalties: few figures, many dimensions
FOLDS = 20
CALIBRATION_FOLDS = 5

Rows = NDArray[np.intp]
ALL: tuple[int, ...] = (0, 1, 2, 3)  # views.NAMES; a catalogue's pictures are told apart best by the first two
CHOICES: tuple[tuple[int, ...], ...] = (ALL, (0, 1))


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
    _, index, count = np.unique(data.figure, return_inverse=True, return_counts=True)
    weight = 1.0 / count[index]
    for kind in np.unique(data.kind):
        themes = np.unique(data.theme[data.kind == kind])
        for theme in themes:
            rows = (data.kind == kind) & (data.theme == theme)
            weight[rows] *= len(data.theme) / len(themes) / weight[rows].sum()
    return weight / weight.mean()


def fit(data: Data, themes: int, calibrated: bool = True, chosen: Sequence[int] = ALL) -> Arrays:
    """The arrays of a head (picture_head.logits) that looks at the `chosen` views."""
    arrays = _plain(data, themes, chosen)
    if not calibrated:
        return arrays
    # Whole figures are left out: of a figure that it knows a head is always sure.
    unseen = np.zeros((len(data.theme), themes))
    for train, test in _folds(data, CALIBRATION_FOLDS):
        unseen[test] = logits(_plain(data.cut(train), themes, chosen), data.vectors[test])
    second = LogisticRegression(C=CALM, max_iter=1000).fit(unseen, data.theme, sample_weight=balance(data))
    turn, shift = square(second.coef_, second.intercept_, second.classes_, themes)
    return {**arrays, "weight": arrays["weight"] @ turn, "bias": arrays["bias"] @ turn + shift}


def _plain(data: Data, themes: int, chosen: Sequence[int]) -> Arrays:
    chosen = [view for view in chosen if view < data.vectors.shape[1]]
    kinds = int(data.kind.max()) + 1
    dim, views = data.vectors.shape[2], len(chosen)
    means = _usual(data, kinds)
    x = (data.vectors - means[data.kind])[:, chosen].reshape(-1, dim)
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=STRENGTH, max_iter=2000)
    model.fit(scaler.transform(x), np.repeat(data.theme, views), sample_weight=np.repeat(balance(data), views))
    weight, bias = square(model.coef_, model.intercept_, model.classes_, themes)
    weight = weight / scaler.scale_[:, None]
    gate, gate_bias = np.zeros((dim, kinds)), np.zeros(kinds)
    if len(np.unique(data.kind)) > 1:
        judge = LogisticRegression(C=GATE * dim, max_iter=2000).fit(data.vectors[:, 0], data.kind)
        gate, gate_bias = square(judge.coef_, judge.intercept_, judge.classes_, kinds)
    share = np.zeros(data.vectors.shape[1])
    share[chosen] = 1 / views
    return {
        "share": share,
        "means": means,
        "gate": gate,
        "gate_bias": gate_bias,
        "weight": weight,
        "bias": bias - scaler.mean_ @ weight,
    }


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


def cross_validated(
    data: Data, themes: int, calibrated: bool = True, chosen: Sequence[int] = ALL
) -> NDArray[np.float64]:
    """(n, themes): what heads said of pictures of figures of which they had seen no picture."""
    p = np.zeros((len(data.theme), themes))
    for train, test in _folds(data, FOLDS):
        p[test] = softmax(logits(fit(data.cut(train), themes, calibrated, chosen), data.vectors[test]))
    return p


def learning_curve(
    data: Data, themes: int, kind: int, sizes: Sequence[int], draws: int = 5, chosen: Sequence[int] = ALL
) -> list[dict[str, float]]:
    """How good heads are on unseen figures of a kind when they have seen so many figures a theme of that kind.

    Each draw leaves out a fifth of the figures of the kind, and learns from `size` of the rest of each theme and from
    all of the other kinds.
    """
    rng = np.random.default_rng(7)
    rows = []
    for size in sizes:
        right = []
        for _ in range(draws):
            out, kept = [], []
            for theme in np.unique(data.theme[data.kind == kind]):
                mixed = rng.permutation(np.unique(data.figure[(data.kind == kind) & (data.theme == theme)]))
                held = max(1, len(mixed) // 5)
                out += mixed[:held].tolist()
                kept += mixed[held : held + size].tolist()
            train = np.flatnonzero((data.kind != kind) | np.isin(data.figure, kept))
            test = np.flatnonzero(np.isin(data.figure, out))
            said = logits(fit(data.cut(train), themes, False, chosen), data.vectors[test]).argmax(1)
            right.append(float((said == data.theme[test]).mean()))
        rows.append({"figures": size, "accuracy": float(np.mean(right)), "spread": float(np.std(right))})
    return rows
