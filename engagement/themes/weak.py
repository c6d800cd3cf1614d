"""Labels from rules instead of people: how votes are combined, and which labels are likely wrong. No Django.

Each pattern of a labelling function can say one thing only, and how often it is right is estimated from what the others
say of the same texts: the model of Dawid and Skene with one number a labeller, silence telling nothing.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from engagement.themes.voting import Function, Votes

SUREST = 0.995
WORTH = 10.0  # texts that the first belief in a pattern is worth
ROUNDS = 2  # more of them change nothing that is sure, and let the commonest theme draw what is not


def preview(functions: Sequence[Function], said: Votes, truth: NDArray[np.intp] | None = None) -> list[dict[str, Any]]:
    """What each function would do: shares of the data that it covers, covers with others, and contradicts others on;
    its precision on what people labelled (`truth`: index of the theme, -1 where nobody did), and on how many."""
    owner = csr_matrix(
        (np.ones(len(said.function)), (np.arange(len(said.function)), said.function)),
        shape=(len(said.function), len(functions)),
    )
    spoke = (said.fired @ owner).toarray() > 0
    themes = np.array([function.theme for function in functions])
    rows = []
    for at, function in enumerate(functions):
        mine, others = spoke[:, at], np.delete(spoke, at, 1)
        against = others[:, np.delete(themes, at) != function.theme].any(1)
        known = mine & (truth >= 0) if truth is not None else np.zeros(len(spoke), bool)
        right = (truth[known] == function.theme).mean() if truth is not None and known.any() else None
        rows.append(
            {
                "name": function.name,
                "coverage": float(mine.mean()),
                "overlaps": float((mine & others.any(1)).mean()),
                "conflicts": float((mine & against).mean()),
                "precision": None if right is None else float(right),
                "checked": int(known.sum()),
            }
        )
    return rows


def combined(said: Votes, themes: int, rounds: int = ROUNDS) -> NDArray[np.float64]:
    """(n, themes): chance of each theme; rows of zeros where every function was silent.

    All themes are taken to be equally common: with estimated shares a common one wins wherever little is known.
    """
    vote = np.eye(themes)[said.theme]
    spoke = np.asarray(said.fired.sum(1)).ravel() > 0
    count = np.asarray(said.fired.sum(0)).ravel()
    trust = np.clip(said.belief, 1 / themes, SUREST)
    chance = np.zeros((said.fired.shape[0], themes))
    for _ in range(max(1, rounds)):
        odds = np.log(trust) - np.log((1 - trust) / max(1, themes - 1))
        evidence = said.fired.multiply(odds[None]) @ vote
        chance = np.exp(evidence - evidence.max(1, keepdims=True))
        chance /= chance.sum(1, keepdims=True)
        right = np.asarray((said.fired.T @ chance)[np.arange(len(said.theme)), said.theme]).ravel()
        trust = np.clip((right + said.belief * WORTH) / (count + WORTH), 1 / themes, SUREST)
    return np.where(spoke[:, None], chance, 0.0)


def likely_wrong(p: NDArray[np.float64], label: NDArray[np.intp]) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """(which labels are likely wrong, what they likely are), after confident learning: C. Northcutt, L. Jiang and
    I. Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", 2021.

    `p`: probabilities of heads that had not seen the row. A theme is confidently said of a row when its probability
    reaches the mean that it has on the rows which bear its label. Wrong is a label off the diagonal of the confident
    joint: another theme is confidently said, and more so than the label's.
    """
    themes = p.shape[1]
    own = p[np.arange(len(p)), label]
    mean = np.array([own[label == theme].mean() if (label == theme).any() else np.inf for theme in range(themes)])
    sure = np.where(p >= mean, p, 0.0)
    likely = sure.argmax(1)
    return (sure.max(1) > 0) & (likely != label), likely
