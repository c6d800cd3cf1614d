"""One probability out of what a text and a picture say of a theme. Pure: no Django.

Given the theme, a creation's text and picture say independent things, so their likelihoods multiply:
p(theme | text, picture) ~ p(theme | text) * (p(theme | picture) / p(theme)) ** weight. A part that is missing changes
nothing. A head that knows few themes says only which of these it is, not whether it is one of them: what they have
together stays as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engagement.themes.mapping import Shape

FLOOR = 1e-4  # no head is surer than this that something is not the case


@dataclass(frozen=True)
class Said:
    """What one head says of n parts: `p` (n, themes) rows that sum to 1; a row of NaN where the part is missing."""

    themes: Sequence[str]
    prior: NDArray[np.float64]
    p: NDArray[np.float64]
    weight: float = 1.0


def fuse(parts: Sequence[Said]) -> tuple[list[str], NDArray[np.float64]]:
    """(themes, (n, themes)): rows sum to 1; of a creation with no part at all, NaN.

    A theme is in it as soon as one head knows it. Where only some heads looked at a creation, only their themes count.
    """
    themes = sorted({theme for part in parts for theme in part.themes})
    n = len(parts[0].p)
    widest = sorted(parts, key=lambda part: -len(part.themes))
    prior = np.zeros(len(themes))
    for part in reversed(widest):  # the prior of the head that knows most
        prior[[themes.index(theme) for theme in part.themes]] = part.prior
    looks = [
        (part, np.flatnonzero(~np.isnan(part.p[:, 0])), np.array([themes.index(name) for name in part.themes]))
        for part in widest
    ]
    possible = np.zeros((n, len(themes)), bool)
    for _, rows, at in looks:
        possible[np.ix_(rows, at)] = True
    with np.errstate(invalid="ignore"):
        out = np.where(possible, np.maximum(prior, FLOOR), 0.0)
        out /= out.sum(1, keepdims=True)
        for part, rows, at in looks:
            before = out[np.ix_(rows, at)]
            ratio = np.maximum(part.p[rows], FLOOR) / np.maximum(part.prior, FLOOR)
            after = before * ratio**part.weight
            out[np.ix_(rows, at)] = after * (before.sum(1, keepdims=True) / after.sum(1, keepdims=True))
    return themes, out


@dataclass(frozen=True)
class Answer:
    """`theme`: given, or None when it is not sure enough. `group`: what is sure then, or None. `best`: the likeliest
    theme in any case. `probability`: of the theme that is given, else of the group, else of the best."""

    theme: str | None
    group: str | None
    best: str
    probability: float
    scores: Mapping[str, float]


def answer(scores: Mapping[str, float], shape: Shape, threshold: float) -> Answer:
    """A theme if one is sure enough, else the smallest group that is, else nothing.

    `scores`: slug -> probability, of a head's themes; what a theme has become since is looked up in `shape`: a merged
    one counts for its heir, a split one only for its groups, a retired one for nothing.
    """
    live: dict[str, float] = {}
    groups: dict[str, float] = {}
    for slug, p in scores.items():
        if slug not in shape.parents and slug not in shape.merged:
            continue
        now = shape.now(slug)
        leaves = shape.leaves(now)
        if leaves == {now}:
            live[now] = live.get(now, 0.0) + p
        for group in shape.above(now) | ({now} if leaves and leaves != {now} else set()):
            groups[group] = groups.get(group, 0.0) + p
    if not live:
        return Answer(None, None, "", 0.0, {})
    best = max(live, key=lambda slug: live[slug])
    if live[best] >= threshold:
        return Answer(best, None, best, live[best], live)
    sure = [group for group, p in groups.items() if p >= threshold]
    if sure:
        group = min(sure, key=lambda slug: (len(shape.leaves(slug)), -groups[slug], -len(shape.above(slug)), slug))
        return Answer(None, group, best, groups[group], live)
    return Answer(None, None, best, live[best], live)
