"""Rounds of cleaning: what a head makes of labels that rules gave, and what people's answers change."""

import numpy as np
import pytest

from engagement.themes.cleaning import LEAST, Labels, cleaned, doubtful, first, head, unseen
from engagement.themes.measuring_weak import measured
from engagement.themes.text_head import Inputs
from engagement.themes.voting import Example, Function, votes
from engagement.themes.weak import combined

WORDS = (("reef", "kelp", "tide"), ("gear", "axle", "piston"))
RULES = [Function("sea", "character", 0, ("reef", "wave")), Function("machine", "character", 1, ("gear", "wave"))]


@pytest.fixture(scope="module")
def material():
    """240 texts of three words; rules know one word of each theme, and a third of the texts has none of them."""
    rng = np.random.default_rng(0)
    truth = np.arange(240) % 2
    texts = [" ".join(rng.choice(WORDS[theme], 2, replace=True)) for theme in truth]
    inputs = Inputs(texts, np.zeros((240, 4), np.float32), [])
    inputs.dense = np.zeros((240, 4), np.float32)
    return texts, inputs, truth


def test_a_head_tells_what_no_rule_spoke_of(material):
    texts, inputs, truth = material
    ground = combined(votes(RULES, [Example(text) for text in texts]), 2)
    silent = ground.sum(1) == 0
    labels = first(ground)
    assert silent.any()
    assert not labels.sure[silent].any()
    after = cleaned(ground, unseen(inputs, labels), labels.people)
    assert after.sure[silent].mean() > labels.sure[silent].mean()
    assert (after.theme == truth)[after.sure].mean() > 0.9


def test_labels_that_were_turned_come_first_in_the_grid_and_peoples_are_kept(material):
    _, inputs, truth = material
    turned = np.array([4, 5, 10])
    theme = truth.copy()
    theme[turned] = 1 - theme[turned]
    labels = first(np.eye(2)[theme] * 0.98 + 0.01)
    said = unseen(inputs, labels)
    rows, likely, wrong = doubtful(labels, said)
    assert set(rows[:wrong].tolist()) == set(turned.tolist())
    assert len(rows) == 240
    assert (likely[turned] == truth[turned]).all()
    people = labels.people.copy()
    people[turned] = truth[turned]
    after = cleaned(labels.chance, said, people)
    assert (after.theme[turned] == truth[turned]).all()
    assert after.sure[turned].all()
    assert not set(doubtful(after, said)[0].tolist()) & set(turned.tolist())


def test_a_theme_with_too_few_labels_is_not_learned(material):
    _, inputs, _ = material
    chance = np.zeros((240, 3))
    chance[:200, 0] = chance[200:236, 1] = 1
    chance[236:, 2] = 1
    assert LEAST > 4
    labels = Labels(chance, np.full(240, -1))
    assert not labels.sure[236:].any()
    assert unseen(inputs, labels)[:, 2].max() < 0.01
    with pytest.raises(ValueError, match="Two themes"):
        unseen(inputs, Labels(np.eye(3)[np.zeros(240, int)], np.full(240, -1)))


def test_the_truth_is_measured_with_and_not_learned_from(material):
    texts, inputs, truth = material
    said = votes(RULES, [Example(text) for text in texts])
    right = measured(inputs, said, truth, ["sea", "machine"], 1, 2)
    turned = measured(inputs, said, 1 - truth, ["machine", "sea"], 1, 2)
    assert [row.number for row in right] == [0, 1]
    assert right[1].macro_f1 > 0.8
    assert right[1].people == 0
    assert turned[1].macro_f1 == pytest.approx(1 - right[1].accuracy, abs=0.1)  # heads did not follow the truth
    half = measured(inputs, said, truth, ["sea", "machine"], 1, 2, people=10, only=np.arange(240) < 120)
    assert half[0].people == 0
    assert half[1].people <= 10


def test_a_head_of_weak_labels_is_calibrated_and_complete(material):
    texts, inputs, _ = material
    labels = first(combined(votes(RULES, [Example(text) for text in texts]), 2))
    p = head(inputs, labels).score(inputs, np.arange(240))
    assert p.sum(1) == pytest.approx(1)
