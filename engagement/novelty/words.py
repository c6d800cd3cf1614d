"""Words that a card has and other creations have not: log-odds with an informative Dirichlet prior. Pure: no Django.

Monroe, Colaresi and Quinn, "Fightin' Words: Lexical Feature Selection and Evaluation for Identifying the Content of
Political Conflict", 2008: the prior is what all texts say, so a rare word needs more evidence than a common one.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from engagement.themes.lexicon import folded

PRIOR = 500.0  # words' worth of what all texts say
SURE = 1.96  # standard errors by which a word must be commoner
_WORD = re.compile(r"[^\W\d_][\w'-]+")


def telling(card: Sequence[str], others: Sequence[str], most: int = 8) -> list[tuple[str, float]]:
    """(word, z) of those commoner in the texts of `card`, surest first; each text counts a word once."""
    ours, theirs = _counted(card), _counted(others)
    everything = ours + theirs
    total = sum(everything.values())
    if not ours:
        return []
    n, m = sum(ours.values()), sum(theirs.values())
    rows = []
    for word, count in ours.items():
        prior = PRIOR * everything[word] / total
        a, b = count + prior, theirs[word] + prior
        odds = np.log(a / (n + PRIOR - a)) - np.log(b / (m + PRIOR - b))
        z = float(odds / np.sqrt(1 / a + 1 / b))
        if z > SURE and count > 1:
            rows.append((word, z))
    return sorted(rows, key=lambda row: (-row[1], row[0]))[:most]


def _counted(texts: Iterable[str]) -> "Counter[str]":
    return Counter(word for text in texts for word in set(_WORD.findall(folded(text))))
