"""Labels of rules, cleaned in rounds: a head learns from those that are sure, and says what it thinks of those that it
has not seen; both are put together, and the next round begins. No Django.

What functions say stays the ground of every round (`ground`): a round adds to it what a head says, never to what the
round before made of it, so that a head's own mistakes do not grow from round to round.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from engagement.themes import fit_text
from engagement.themes.fit_text import Fitted
from engagement.themes.text_head import Inputs
from engagement.themes.weak import likely_wrong

SURE = 0.6  # from here on a head learns from a label
HEAD = 1.0  # what a head's word weighs beside the functions'
DOUBT = 0.02  # functions are never surer than this that a theme is not meant
PARTS, SEED = 3, 1
LEAST = 2 * PARTS  # labels that a theme needs

Rows = NDArray[np.intp]
Chances = NDArray[np.float64]


@dataclass(frozen=True)
class Labels:
    """Of n texts: `chance` (n, themes), rows of zeros where nobody knows; `people` (n,): index of the theme that
    somebody gave, -1 for none."""

    chance: Chances
    people: Rows

    @property
    def theme(self) -> Rows:
        """The likeliest; what people said wherever they did."""
        return np.where(self.people >= 0, self.people, self.chance.argmax(1))

    @property
    def sure(self) -> NDArray[np.bool_]:
        """Which may be learned from. A theme with fewer than LEAST of them is not learned at all."""
        sure = (self.chance.max(1) > SURE) | (self.people >= 0)
        count = np.bincount(self.theme[sure], minlength=self.chance.shape[1])
        return sure & (count >= LEAST)[self.theme]


def first(ground: Chances, people: Rows | None = None) -> Labels:
    """Before the first round. `ground`: of weak.combined."""
    return Labels(ground, np.full(len(ground), -1, np.intp) if people is None else people)


def unseen(inputs: Inputs, labels: Labels) -> Chances:
    """(n, themes): what heads say of texts whose label they had not seen; also of those whose label is not sure.

    Raises ValueError: fewer than two themes can be learned.
    """
    theme, sure = labels.theme, labels.sure
    themes = labels.chance.shape[1]
    if len(set(theme[sure].tolist())) < 2:
        raise ValueError("Two themes at least need labels that are sure.")
    logits = np.zeros((len(theme), themes))
    everything = np.arange(len(theme))
    where = np.where(sure, theme, themes)  # those without a label are dealt out evenly too
    for train, test in StratifiedKFold(PARTS, shuffle=True, random_state=SEED).split(everything, where):
        table, matrix, bias = fit_text.support(inputs, theme, themes, train[sure[train]], np.ones(len(theme)))
        logits[test] = inputs.matrix(table, test) @ matrix + bias
    calm = LogisticRegression(C=1.0, max_iter=300).fit(logits[sure], theme[sure])
    turn, shift = fit_text.square(calm.coef_, calm.intercept_, calm.classes_, themes)
    return fit_text.softmax(logits @ turn + shift)


def cleaned(ground: Chances, said: Chances, people: Rows) -> Labels:
    """The labels after a round. `said`: of `unseen`."""
    themes = ground.shape[1]
    known = np.where(ground.sum(1, keepdims=True) > 0, ground, 1 / themes)
    odds = np.log((1 - DOUBT) * known + DOUBT / themes) + HEAD * np.log(said + 1e-4)
    return Labels(fit_text.softmax(odds), people)


def doubtful(labels: Labels, said: Chances) -> tuple[Rows, Rows, int]:
    """(rows, the worst first; what each likely is; how many of them are likely wrong). After those come the others,
    the least sure first: there people's word tells most. People's own are left out."""
    wrong, likely = likely_wrong(said, labels.theme)
    at = np.arange(len(wrong))
    gap = said[at, likely] - said[at, labels.theme]
    top = np.sort(labels.chance, 1)
    margin = top[:, -1] - top[:, -2]
    mine = labels.people < 0
    first = np.flatnonzero(wrong & mine)
    rest = np.flatnonzero(~wrong & mine)
    first = first[np.argsort(-gap[first], kind="stable")]
    rest = rest[np.argsort(margin[rest], kind="stable")]
    return np.concatenate([first, rest]), np.where(wrong, likely, said.argmax(1)), len(first)


def head(inputs: Inputs, labels: Labels, rows: Rows | None = None) -> Fitted:
    """The head that these labels make."""
    sure = np.flatnonzero(labels.sure)
    rows = sure if rows is None else np.intersect1d(sure, rows)
    return fit_text.fit(inputs, labels.theme, labels.chance.shape[1], rows)
