"""How well hidden themes come back. Pure: no Django.

Accuracy is that of generalized category discovery (Vaze et al., CVPR 2022): groups are given to themes by the best
one-to-one assignment, and what is in no group of its theme is wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from engagement.novelty import SHOWN
from engagement.novelty.finding import Found, Placed, Window, discover, nearest, placed

PURE = 0.8  # share of a card's shown creations that are of one theme

Labels = NDArray[np.intp]


@dataclass(frozen=True)
class Score:
    """`accuracy`, `ari`, `nmi`: over all creations of hidden themes. `merged`: accuracy when a person merges cards of
    one theme, so that each counts for the theme that most of it is. `back`: hidden themes with a pure card. `false`:
    cards of which most shown creations are of known themes."""

    cards: int
    back: frozenset[str]
    false: int
    pure: int
    accuracy: float
    merged: float
    ari: float
    nmi: float


def agreement(truth: Labels, said: Labels) -> tuple[float, float, float]:
    """(accuracy, ARI, NMI). A `said` of -1 is no group: it is never right."""
    if not len(truth):
        return (0.0, 0.0, 0.0)
    t, s = np.unique(truth, return_inverse=True)[1], np.unique(said, return_inverse=True)[1]
    table = np.zeros((s.max() + 1, t.max() + 1), np.intp)
    np.add.at(table, (s, t), 1)
    if said.min() == -1:
        counted = table.copy()
        counted[0] = 0
    else:
        counted = table
    rows, columns = linear_sum_assignment(-counted)
    accuracy = float(counted[rows, columns].sum() / len(truth))
    return accuracy, float(adjusted_rand_score(t, s)), float(normalized_mutual_info_score(t, s))


def scored(window: Window, truth: Sequence[str], hidden: Sequence[str], most: int) -> Score:
    """What `discover` makes of a window whose themes are known; `most`: cards that a person gets to see.

    Every strange creation that is in no card is given to the nearest one; for the accuracy cards are merged (Ward) into
    as many groups as themes are hidden, the number that k-means is told too.
    """
    theme = np.asarray(truth, object)
    names = sorted(set(truth))
    y = np.array([names.index(slug) for slug in truth])
    is_new = np.isin(theme, list(hidden))
    where = placed(window)
    found = discover(window, where)[:most]
    back: set[str] = set()
    false = pure = 0
    for card in found:
        values, counts = np.unique(theme[card.rows[:SHOWN]].astype(str), return_counts=True)
        best, share = str(values[counts.argmax()]), counts.max() / counts.sum()
        false += int(is_new[card.rows[:SHOWN]].mean() < 0.5)
        if best in hidden and share >= PURE:
            pure += 1
            back.add(best)
    card_of = _given(len(window.texts), found, where)
    group_of = _merged(found, card_of, max(1, len(hidden)), where)
    accuracy, ari, nmi = agreement(y[is_new], group_of[is_new])
    major = np.full(len(found) + 1, -1)
    for n, card in enumerate(found):
        major[n] = np.bincount(y[card.rows]).argmax()
    merged = float((major[card_of[is_new]] == y[is_new]).mean()) if is_new.any() else 0.0
    return Score(len(found), frozenset(back), false, pure, accuracy, merged, ari, nmi)


def _given(n: int, found: Sequence[Found], where: Placed) -> Labels:
    """(n,) the card of each creation: its own, or the nearest one for a strange one that has none; else -1."""
    said = np.full(n, -1)
    if not found:
        return said
    x, rows, strange = where
    at = {int(row): n for n, row in enumerate(rows)}
    near = nearest(x, [np.array([at[int(row)] for row in card.rows]) for card in found])
    said[rows[strange]] = near[strange]
    for i, card in enumerate(found):
        said[card.rows] = i
    return said


def _merged(found: Sequence[Found], card_of: Labels, groups: int, where: Placed) -> Labels:
    if len(found) <= groups:
        return card_of
    x, rows, _ = where
    at = {int(row): n for n, row in enumerate(rows)}
    middles = np.stack([x[[at[int(row)] for row in card.rows]].mean(0) for card in found])
    group = fcluster(linkage(middles, "ward"), groups, "maxclust") - 1
    return np.where(card_of < 0, -1, group[card_of])
