"""How far labels of rules lead: heads from them alone, measured on texts that neither head nor trust had seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from engagement.themes import fit_text, measures
from engagement.themes.cleaning import Labels, cleaned, doubtful, first, unseen
from engagement.themes.text_head import Inputs
from engagement.themes.voting import Votes
from engagement.themes.weak import combined

SEED = 7
Rows = NDArray[np.intp]


@dataclass
class Round:
    """`macro_f1`, `accuracy`: of the heads, on unseen texts. `labels`: share of the labels learned from that are right;
    `learned`: share of the texts that were learned from; `people`: labels that people gave, a fold."""

    number: int
    labels: float
    learned: float
    people: float
    macro_f1: float = 0.0
    accuracy: float = 0.0


def measured(
    inputs: Inputs,
    said: Votes,
    truth: Rows,
    themes: Sequence[str],
    rounds: int,
    folds: int,
    people: int = 0,
    only: NDArray[np.bool_] | None = None,
    tell: Callable[[str], None] = lambda says: None,
) -> list[Round]:
    """Each fold: functions vote on the other folds' texts, their trust is estimated there, `rounds` rounds clean what
    they say, and each round's head answers the fold. The truth is used to measure, and for nothing else unless
    `people`: then so many of the labels that are likely wrong are put right before each round.

    `only`: texts that count in the figures (all are learned from).
    """
    k = len(themes)
    counted = np.ones(len(truth), bool) if only is None else only
    answers = np.zeros((rounds + 1, len(truth)), np.intp)
    rows: list[list[Round]] = []
    for fold, (train, test) in enumerate(StratifiedKFold(folds, shuffle=True, random_state=SEED).split(truth, truth)):
        part = inputs.of(train)
        ground = combined(said.of(train), k)
        given = np.full(len(train), -1, np.intp)
        labels = first(ground, given)
        found = []
        for number in range(rounds + 1):
            sure = labels.sure
            right = float((labels.theme == truth[train])[sure].mean())
            found.append(Round(number, right, float(sure.mean()), float((given >= 0).sum())))
            answers[number, test] = _said(part, labels, inputs, test)
            tell(f"fold {fold + 1} of {folds}, round {number}: {right:.3f} of the labels are right")
            if number == rounds:
                break
            p = unseen(part, labels)
            wrong, _, _ = doubtful(labels, p)
            given = given.copy()
            given[wrong[:people]] = truth[train][wrong[:people]]
            labels = cleaned(ground, p, given)
        rows.append(found)
    out = []
    for number in range(rounds + 1):
        of = [found[number] for found in rows]
        t, s = [themes[i] for i in truth[counted]], [themes[i] for i in answers[number, counted]]
        out.append(
            Round(
                number,
                float(np.mean([one.labels for one in of])),
                float(np.mean([one.learned for one in of])),
                float(np.mean([one.people for one in of])),
                float(np.mean([row["f1"] for row in measures.per_class(t, s).values()])),
                float((answers[number] == truth)[counted].mean()),
            )
        )
    return out


def _said(part: Inputs, labels: Labels, inputs: Inputs, test: Rows) -> Rows:
    """The likeliest theme, by a head without its calibration: that costs five times as much, for the probability."""
    k = labels.chance.shape[1]
    table, matrix, bias = fit_text.support(part, labels.theme, k, np.flatnonzero(labels.sure), np.ones(len(part)))
    return (inputs.matrix(table, test) @ matrix + bias).argmax(1)
