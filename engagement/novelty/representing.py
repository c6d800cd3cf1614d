"""Creations as points, so that those of one theme lie together, also of a theme that nobody has named. Pure: no Django.

What varies inside known themes (colours of legs, set or figure) varies inside unknown ones too: the covariance of
vectors within known themes is divided out (within-class covariance normalisation; Hatch and Stolcke, 2006,
"Generalized Linear Kernels for One-Versus-All Classification"). Beside it stand the texts' n-grams: names that the
encoder does not know are found again by their letters.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import svds
from sklearn.decomposition import PCA

from engagement.themes.ngrams import Table, hashes

Points = NDArray[np.float64]

CALM = 2.0  # how much of the mean variance is added to each direction: few known creations say little of 384 directions
LETTERS, SAME = 120, 0.8  # dimensions of the n-grams, and how much they count beside the vector
KEPT = 60  # dimensions in the end
LEAST = 3  # texts that an n-gram must be in
FEW = 8  # known creations of a theme; with fewer it does not say how themes vary inside


def points(vectors: NDArray[np.floating], texts: Sequence[str], themes: Sequence[str]) -> Points:
    """(n, at most KEPT). `vectors` (n, dim); `themes`: of each creation "" when none is sure."""
    if not len(vectors):
        return np.zeros((0, KEPT))
    parts = [unit(calmed(np.asarray(vectors, np.float64), themes))]
    if any(text.strip() for text in texts):
        parts.append(letters(texts) * SAME)
    both = np.hstack(parts)
    return np.asarray(PCA(min(KEPT, *both.shape), random_state=0).fit_transform(both))


def calmed(x: Points, themes: Sequence[str]) -> Points:
    """(n, dim) with what varies inside themes divided out; centred. Without themes only centred."""
    names, at = np.unique(np.asarray(themes, object).astype(str), return_inverse=True)
    many = [i for i, name in enumerate(names) if name and (at == i).sum() >= FEW]
    x = x - x.mean(0)
    if not many:
        return x
    within = np.zeros((x.shape[1], x.shape[1]))
    for i in many:
        rest = x[at == i] - x[at == i].mean(0)
        within += rest.T @ rest / len(rest) / len(many)
    within += CALM * np.trace(within) / len(within) * np.eye(len(within))
    value, turn = np.linalg.eigh(within)
    return np.asarray(x @ (turn / np.sqrt(value)) @ turn.T)


def letters(texts: Sequence[str]) -> Points:
    """(n, at most LETTERS) of unit length: latent dimensions of the texts' n-grams."""
    grams = [hashes(text) for text in texts]
    table = Table.learned(grams, LEAST)
    if len(table.known) < 2 or len(texts) < 3:
        return np.zeros((len(texts), 1))
    matrix: csr_matrix = table.matrix(grams).astype(np.float64)
    k = min(LETTERS, min(matrix.shape) - 1)
    left, size, _ = svds(matrix, k, v0=np.ones(min(matrix.shape)), return_singular_vectors="u")
    return unit(left * size)


def unit(x: NDArray[np.floating]) -> Points:
    return np.asarray(x / np.maximum(1e-9, np.linalg.norm(x, axis=1, keepdims=True)), np.float64)
