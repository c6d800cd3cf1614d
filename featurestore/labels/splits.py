"""Cuts a data set into train, validation and exam so that nothing of the exam was seen in training.

What is alike stays together: near-duplicates (by vector distance, whatever their day), and bursts. A feature has no
author, so a burst can only be guessed at: alike within a wider distance, and of the same day and market. One author's
*different* pictures of one day may still part; nobody can hold them together without knowing who they are from.

Where a group goes is a hash of its representative: the member of the earliest day, among those the one with the
smallest key. Features that come later never change it; only when a new feature joins two old groups does the younger
of them move, since otherwise the exam would leak.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from featurestore.labels.near import components, join
from featurestore.store.base import Catalogue

TRAIN, VALIDATION, EXAM = SPLITS = ("train", "validation", "exam")


class UnknownSplit(LookupError):
    """There is no such part; the message says which there are."""


@dataclass(frozen=True)
class Rule:
    """How to cut. Shares of groups, not of features. Radii are distances between unit vectors (0 same, 1.41 unrelated).

    `salt` makes another cut of the same data: a head that was tuned on one exam is asked again on another.
    """

    train: float = 0.8
    validation: float = 0.1
    exam: float = 0.1
    radius: float = 0.2
    burst_radius: float = 0.4
    salt: str = "1"

    def __post_init__(self) -> None:
        shares = (self.train, self.validation, self.exam)
        if min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
            raise ValueError(f"shares of train, validation and exam must sum to 1, not {shares}")
        if not 0 < self.radius <= self.burst_radius < 1.4:
            raise ValueError("radii: 0 < radius <= burst_radius < 1.4")


# Measured where docs/featurestore-data.md says: texts lie much closer together than pictures.
RULES = {"picture": Rule(), "face": Rule(), "text": Rule(radius=0.2, burst_radius=0.3)}


def rule_for(view: str) -> Rule:
    """The rule for vectors of a view ("" for several: the widest)."""
    return RULES.get(view, Rule())


def split(features: Catalogue, x: NDArray[np.floating], rule: Rule | None = None) -> NDArray[np.str_]:
    """(n,) of "train", "validation", "exam". `x` (n, dim) are the vectors of `features`, of one encoder version."""
    if len(features) != len(x):
        raise ValueError(f"{len(features)} features and {len(x)} vectors")
    rule = rule or rule_for(str(features.view[0]) if len(features) and len(set(features.view)) == 1 else "")
    return assign(features, groups(features, x, rule), rule)


def groups(features: Catalogue, x: NDArray[np.floating], rule: Rule) -> NDArray[np.intp]:
    """(n,): equal numbers for features that must stay together."""
    if not len(x):
        return np.zeros(0, np.intp)
    near = components(x, rule.radius)
    _, first = np.unique(near, return_index=True)
    edges = [np.stack([np.arange(len(near)), first[near]])]
    for rows in _same_day_and_market(features):
        burst = components(x[rows], rule.burst_radius)
        _, first = np.unique(burst, return_index=True)
        edges.append(np.stack([rows, rows[first[burst]]]))
    return join(len(near), np.concatenate(edges, axis=1))


def _same_day_and_market(features: Catalogue) -> list[NDArray[np.intp]]:
    _, market = np.unique(features.market, return_inverse=True)
    order = np.lexsort((market, features.day))
    day = features.day[order]
    cut = np.flatnonzero((day[1:] != day[:-1]) | (market[order][1:] != market[order][:-1])) + 1
    return [rows for rows in np.split(order, cut) if len(rows) > 1]


def assign(features: Catalogue, group: NDArray[np.intp], rule: Rule) -> NDArray[np.str_]:
    """(n,): the part of each group's representative."""
    order = np.lexsort((features.keys, features.day, group))
    starts = np.flatnonzero(np.append(True, group[order][1:] != group[order][:-1])) if len(order) else order
    keys = np.ascontiguousarray(features.keys[order[starts]]).tobytes()
    salt = rule.salt.encode()[:16]
    place = (
        np.array(
            [
                int.from_bytes(hashlib.blake2b(keys[n : n + 16], digest_size=8, salt=salt).digest(), "big")
                for n in range(0, len(keys), 16)
            ],
            np.float64,
        )
        / 2.0**64
    )
    # The exam begins at 0: whoever makes it larger keeps what was in it.
    parts = np.where(place < rule.exam, EXAM, np.where(place < rule.exam + rule.validation, VALIDATION, TRAIN))
    _, which = np.unique(group, return_inverse=True)
    return parts[which] if len(group) else np.zeros(0, "<U10")


def check(split: str) -> str:
    """`split` itself; raises UnknownSplit."""
    if split not in SPLITS:
        raise UnknownSplit(f"there is no split {split!r}; there are: {', '.join(SPLITS)}")
    return split
