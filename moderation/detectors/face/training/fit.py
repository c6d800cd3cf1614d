"""Fits the second look: a logistic head on vectors, calibrated on what it has not seen, as one weight and one bias."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.preprocessing import StandardScaler

STRENGTH = 0.003  # inverse of the penalty: few people, many dimensions
FOLDS = 5


@dataclass(frozen=True)
class Fitted:
    """z = x . weight + bias; p = sigmoid(z)."""

    weight: NDArray[np.float64]
    bias: float

    def score(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        return 1 / (1 + np.exp(-(x @ self.weight + self.bias)))


def _linear(x: NDArray[np.float32], y: NDArray[np.bool_], weights: NDArray[np.float64]) -> Fitted:
    """A logistic regression on standardised inputs, unfolded to the inputs as they are."""
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=STRENGTH, max_iter=3000).fit(scaler.transform(x), y, sample_weight=weights)
    weight = model.coef_[0] / scaler.scale_
    return Fitted(weight, float(model.intercept_[0] - scaler.mean_ @ weight))


def balance(y: NDArray[np.bool_], groups: NDArray[np.str_]) -> NDArray[np.float64]:
    """Weights that give both classes the same sum, and within a class a picture with many crops not all the say."""
    _, index, count = np.unique(groups, return_inverse=True, return_counts=True)
    weights = 1 / np.sqrt(count[index])
    for value in (True, False):
        weights[y == value] *= len(y) / 2 / weights[y == value].sum()
    return weights


def fit(x: NDArray[np.float32], y: NDArray[np.bool_], groups: NDArray[np.str_]) -> tuple[Fitted, NDArray[np.float64]]:
    """The calibrated head on everything, and for each row the score of a head that never saw its picture.

    Calibration (Platt) is fitted on the unseen scores of other folds too, so the returned scores are honest.
    """
    weights = balance(y, groups)
    raw = np.zeros(len(y))
    folds = list(StratifiedGroupKFold(FOLDS, shuffle=True, random_state=7).split(x, y, groups))
    for train, test in folds:
        head = _linear(x[train], y[train], weights[train])
        raw[test] = x[test] @ head.weight + head.bias
    unseen = np.zeros(len(y))
    for train, test in folds:
        slope, shift = _platt(raw[train], y[train], weights[train])
        unseen[test] = 1 / (1 + np.exp(-(raw[test] * slope + shift)))
    slope, shift = _platt(raw, y, weights)
    whole = _linear(x, y, weights)
    return Fitted(whole.weight * slope, whole.bias * slope + shift), unseen


def _platt(raw: NDArray[np.float64], y: NDArray[np.bool_], weights: NDArray[np.float64]) -> tuple[float, float]:
    """Slope and shift that make sigmoid(slope * raw + shift) a probability; held back, so it never becomes a step."""
    model = LogisticRegression(C=1.0).fit(raw[:, None], y, sample_weight=weights)
    return float(model.coef_[0, 0]), float(model.intercept_[0])
