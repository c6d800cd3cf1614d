"""Fits the n-grams' linear model (grams.py), and says fairly what it says of the texts that it is fitted to."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from moderation.detectors.profanity.grams import CELLS, Cells, Grams
from moderation.detectors.profanity.votes import spelled

STRENGTH = 30.0  # of the penalty, inverse: chosen by cross-fitting, 8 to 30 are alike
FEWEST = 2  # texts that a cell must be in
MOST_WEIGHT = 2.0  # our few own lines count more with the head; here they would be learned by heart

Array = NDArray[np.float32]


def fit(cells: Sequence[Cells], y: Array, weight: Array) -> Grams:
    """A logistic regression on rows of length 1 of idf. Values beyond float16 do not come up: they are cut."""
    there = np.concatenate(cells) if len(cells) else np.zeros(0, np.int64)
    ends = np.cumsum([0, *(len(one) for one in cells)])
    rows = csr_matrix((np.ones(len(there), np.float32), there, ends), shape=(len(cells), CELLS))
    seen = np.asarray(rows.sum(0)).ravel()
    rare = np.where(seen >= FEWEST, np.log((1 + len(cells)) / (1 + seen)) + 1, 0).astype(np.float16)
    model = LogisticRegression(C=STRENGTH, solver="liblinear", tol=1e-2, random_state=7)
    model.fit(normalize(rows @ diags(rare.astype(np.float32))), y > 0.5, sample_weight=np.minimum(weight, MOST_WEIGHT))
    weights = np.clip(model.coef_[0] * rare.astype(np.float32), -60_000, 60_000).astype(np.float16)
    return Grams(weights, rare, float(model.intercept_[0]))


def votes_of(model: Grams, cells: Sequence[Cells]) -> Array:
    """(n,): the vote "spelling" of each text."""
    return np.array([spelled(model.logit_of(one)) for one in cells], np.float32)


def cross_votes(cells: Sequence[Cells], y: Array, weight: Array, fold: NDArray[np.int64]) -> Array:
    """(n,): the vote of each text by a model that has not seen its fold."""
    found = np.zeros(len(cells), np.float32)
    for number in np.unique(fold):
        inside = np.flatnonzero(fold != number).tolist()
        outside = np.flatnonzero(fold == number).tolist()
        model = fit([cells[at] for at in inside], y[inside], weight[inside])
        found[outside] = votes_of(model, [cells[at] for at in outside])
    return found
