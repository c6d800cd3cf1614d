"""Learns a text head: support vectors one theme against the rest, and a calibration learned on unseen scores."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from engagement.themes.ngrams import Table
from engagement.themes.text_head import Inputs, softmax

STRENGTH, CALM = 0.5, 1.0  # inverse penalties of the support vectors and of the calibration
LEAST = 2  # texts that an n-gram must be in
INNER, OUTER, SEED = 4, 5, 7

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Fitted:
    """Logits = table's matrix @ weight + bias, calibrated."""

    table: Table
    weight: NDArray[np.float64]
    bias: NDArray[np.float64]

    def score(self, inputs: Inputs, rows: Rows) -> NDArray[np.float64]:
        return softmax(inputs.matrix(self.table, rows) @ self.weight + self.bias)


def fit(inputs: Inputs, y: Rows, themes: int, rows: Rows, trust: NDArray[np.float64] | None = None) -> Fitted:
    """A head from `rows` of the inputs; `y` (len(inputs),) theme of each. `trust`: how much each row counts.

    Every theme needs INNER rows at least.
    """
    y, rows = np.asarray(y), np.asarray(rows)
    weight = np.ones(len(y)) if trust is None else trust
    unseen = np.zeros((len(rows), themes))
    for train, test in StratifiedKFold(INNER, shuffle=True, random_state=SEED).split(rows, y[rows]):
        table, matrix, bias = support(inputs, y, themes, rows[train], weight)
        unseen[test] = inputs.matrix(table, rows[test]) @ matrix + bias
    second = LogisticRegression(C=CALM, max_iter=1000).fit(unseen, y[rows], sample_weight=weight[rows])
    table, matrix, bias = support(inputs, y, themes, rows, weight)
    turn, shift = square(second.coef_, second.intercept_, second.classes_, themes)
    return Fitted(table, matrix @ turn, bias @ turn + shift)


def support(
    inputs: Inputs, y: Rows, themes: int, rows: Rows, weight: NDArray[np.float64]
) -> tuple[Table, NDArray[np.float64], NDArray[np.float64]]:
    table = Table.learned([inputs.grams[i] for i in rows], LEAST)
    # random_state: the order in which liblinear visits rows; without it two runs differ in the fourth digit
    model = LinearSVC(C=STRENGTH, random_state=SEED).fit(inputs.matrix(table, rows), y[rows], weight[rows])
    matrix, bias = square(model.coef_, model.intercept_, model.classes_, themes)
    return table, matrix, bias


def square(
    coef: NDArray[np.float64], intercept: NDArray[np.float64], classes: NDArray, themes: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Columns for every theme, also where sklearn keeps one for two classes; a theme without rows is never said."""
    if len(classes) == 2:
        coef, intercept = np.vstack([-coef[0], coef[0]]), np.array([-intercept[0], intercept[0]])
    matrix, bias = np.zeros((coef.shape[1], themes)), np.full(themes, -30.0)
    matrix[:, classes], bias[classes] = coef.T, intercept
    return matrix, bias


def cross_validated(inputs: Inputs, y: Rows, themes: int) -> NDArray[np.float64]:
    """(n, themes): what heads said of rows that neither they nor their calibration had seen."""
    p = np.zeros((len(y), themes))
    everything = np.arange(len(y))
    for train, test in StratifiedKFold(OUTER, shuffle=True, random_state=SEED).split(everything, y):
        p[test] = fit(inputs, y, themes, train).score(inputs, test)
    return p
