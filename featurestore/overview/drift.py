"""Has something changed? Two samples in, a figure with its interval and a p-value out; the same seed, the same answer.

Two tests, since each says what the other does not. MMD (Gretton et al. 2012) under permutation has the right share of
false alarms at any sample size and needs no model, but its figure means nothing to a reader. The classifier two-sample
test (Lopez-Paz and Oquab 2017) gives one that does: how many vectors a classifier sorts rightly into "then" and "now".
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2_contingency

from featurestore.overview.intervals import Interval, change, share

Rows = NDArray[np.float32]
PERMUTATIONS = 400
LEAST = 30  # of each sample; with fewer nothing is said
EXPECTED = 5  # in a cell, below which the chi-square distribution does not hold; such values are put together


@dataclass(frozen=True)
class VectorDrift:
    """`told_apart`: share of vectors that the classifier placed rightly, 0.5 when nothing changed; `p`: of MMD."""

    before: int
    now: int
    told_apart: Interval
    mmd: float
    p: float


@dataclass(frozen=True)
class LabelDrift:
    """`changes`: by value, its share now minus its share before; `p`: that the whole task's labels did not change."""

    before: int
    now: int
    changes: Mapping[str, Interval]
    p: float


def vectors(before: Rows, now: Rows, seed: int = 0) -> VectorDrift | None:
    """(n, dim) against (m, dim); None when a sample is smaller than LEAST."""
    if min(len(before), len(now)) < LEAST:
        return None
    value, p = mmd(before, now, seed)
    return VectorDrift(len(before), len(now), told_apart(before, now, seed), value, p)


def mmd(a: Rows, b: Rows, seed: int = 0, permutations: int = PERMUTATIONS) -> tuple[float, float]:
    """The unbiased squared maximum mean discrepancy under a Gaussian kernel of median width, and its p-value.

    Memory: (n + m)^2 floats.
    """
    x = np.concatenate([a, b]).astype(np.float64)
    square = (x * x).sum(1)
    distance = np.maximum(square[:, None] + square[None] - 2 * x @ x.T, 0)
    width = np.median(distance[np.triu_indices(len(x), 1)]) or 1.0
    kernel = np.exp(-distance / width)
    np.fill_diagonal(kernel, 0)
    rng = np.random.default_rng(seed)
    first = np.zeros((permutations + 1, len(x)))
    first[0, : len(a)] = 1
    for row in first[1:]:
        row[rng.permutation(len(x))[: len(a)]] = 1
    n, m = len(a), len(b)
    into = first @ kernel
    within = (into * first).sum(1)
    across = into.sum(1) - within
    rest = kernel.sum() - within - 2 * across
    values = within / (n * (n - 1)) + rest / (m * (m - 1)) - 2 * across / (n * m)
    # The sample itself is one of its permutations, so p is never 0. The hair forgives rounding.
    return float(values[0]), float((values >= values[0] - 1e-12).mean())


def told_apart(a: Rows, b: Rows, seed: int = 0) -> Interval:
    """A classifier learns one half of both samples (as many of each) and is asked about the other half."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    n = min(len(a), len(b)) // 2 * 2
    rng = np.random.default_rng(seed)
    x = np.concatenate([a[rng.permutation(len(a))[:n]], b[rng.permutation(len(b))[:n]]])
    y = np.repeat([0, 1], n)
    learn = np.tile(np.arange(n) < n // 2, 2)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=200))
    right = classifier.fit(x[learn], y[learn]).predict(x[~learn]) == y[~learn]
    return share(int(right.sum()), len(right))


def labels(before: Mapping[str, int], now: Mapping[str, int]) -> LabelDrift | None:
    """Counts by value then and now; None when a sample is smaller than LEAST."""
    n, m = sum(before.values()), sum(now.values())
    if min(n, m) < LEAST:
        return None
    values = sorted({*before, *now})
    changes = {v: change(before.get(v, 0), n, now.get(v, 0), m) for v in values}
    counts = np.array([[before.get(v, 0) for v in values], [now.get(v, 0) for v in values]])
    return LabelDrift(n, m, changes, _chi_square(counts))


def _chi_square(counts: NDArray[np.int64]) -> float:
    rare = counts.sum(0) * counts.sum(1).min() / counts.sum() < EXPECTED
    pooled = np.column_stack([counts[:, ~rare], counts[:, rare].sum(1)]) if rare.any() else counts
    pooled = pooled[:, pooled.sum(0) > 0]
    return float(chi2_contingency(pooled).pvalue) if pooled.shape[1] > 1 else 1.0
