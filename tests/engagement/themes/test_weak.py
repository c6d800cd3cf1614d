"""Labelling functions: what they say, how far they are trusted, and which labels are likely wrong."""

import csv
import json

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command

from engagement.themes.functions import functions
from engagement.themes.models import LabelFunction, Theme
from engagement.themes.planting import plant_rules
from engagement.themes.shipped_rules import shipped_rules
from engagement.themes.voting import KINDS, Example, Function, cut, votes
from engagement.themes.weak import combined, likely_wrong, preview

RULES = [
    Function("sea names", "character", 0, ("Nemo", "captain")),
    Function("sky tags", "hashtag", 1, ("#Flying",)),
    Function("sky rule", "regex", 1, (r"\bF-\d+", "captain$")),
    Function("sea sets", "declared", 0, ("Deep Sea",)),
]
EXAMPLES = [
    Example("Nemo swims"),
    Example("My F-16", ("flying",)),
    Example("the captain"),
    Example("nothing", declared="deep sea"),
    Example("nothing"),
]


def test_every_kind_speaks_of_what_it_is_for():
    said = votes(RULES, EXAMPLES)
    assert said.fired.toarray()[:, :6].tolist() == [
        [1, 0, 0, 0, 0, 0],
        [0, 0, 1, 1, 0, 0],
        [0, 1, 0, 0, 1, 0],
        [0, 0, 0, 0, 0, 1],
        [0, 0, 0, 0, 0, 0],
    ]
    assert said.function.tolist() == [0, 0, 1, 2, 2, 3] * 2
    chance = combined(said, 2)
    assert chance[[0, 1, 3]].argmax(1).tolist() == [0, 1, 0]
    assert chance[4].tolist() == [0, 0]
    assert chance[:4].sum(1) == pytest.approx(1)


def test_what_a_thing_is_called_says_more_than_what_is_told_of_it():
    assert cut("Zane, Black Robes (Hunted)") == ("Zane", ", Black Robes (Hunted)")
    assert cut("Rey in a robe") == ("Rey", " in a robe")
    assert cut(", robes") == (", robes", "")
    said = votes([Function("sea", "character", 0, ("Nemo",))], [Example("Nemo"), Example("A boy with Nemo")])
    assert said.fired.toarray().tolist() == [[1, 0], [0, 1]]
    assert said.belief[0] > said.belief[1]


def test_clothes_say_nothing_and_words_of_two_themes_less():
    rules = [
        Function("a", "character", 0, ("Legs", "Sun Bay", "Moon Bay")),
        Function("b", "keyword", 1, ("legs", "moon bay", "sand dunes")),
    ]
    said = votes(rules, [Example("Legs"), Example("Sun Bay"), Example("Moon Bay")])
    assert said.fired.toarray()[:, : said.fired.shape[1] // 2].sum(1).tolist() == [0, 1, 2]
    belief = dict(zip(["Sun Bay", "Moon Bay"], said.belief, strict=False))
    assert belief["Moon Bay"] == belief["Sun Bay"] / 2


def test_declared_trust_is_what_a_function_begins_with():
    said = votes([Function("a", "regex", 0, ("x",), 0.6), Function("b", "character", 0, ("y",), 0.95)], [Example("x")])
    assert said.belief.tolist() == pytest.approx([0.6, 0.95, 0.6, 0.45])


def test_the_preview_counts_coverage_overlap_conflict_and_precision():
    truth = np.array([0, 1, 1, -1, -1])
    rows = {row["name"]: row for row in preview(RULES, votes(RULES, EXAMPLES), truth)}
    assert rows["sea names"] == {
        "name": "sea names",
        "coverage": 0.4,
        "overlaps": 0.2,
        "conflicts": 0.2,
        "precision": 0.5,
        "checked": 2,
    }
    assert rows["sky tags"]["conflicts"] == 0
    assert rows["sea sets"]["precision"] is None


def test_a_pattern_that_contradicts_all_others_is_trusted_less():
    rules = [
        Function("good", "character", 0, ("reef",)),
        Function("also good", "hashtag", 0, ("sea",)),
        Function("bad", "character", 1, ("wave",)),
    ]
    both = [Example("reef and wave", ("sea",))] * 30
    chance = combined(votes(rules, [*both, Example("wave"), Example("reef")]), 2)
    assert chance[0, 0] > 0.95
    assert chance[-2, 1] < chance[-1, 0]  # alone, the one that was wrong is believed less


def test_labels_that_were_turned_around_are_found():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 600)
    p = rng.dirichlet([1, 1, 1], 600) * 0.4 + np.eye(3)[truth] * 0.6
    label = truth.copy()
    turned = rng.choice(600, 60, replace=False)
    label[turned] = (label[turned] + 1) % 3
    wrong, likely = likely_wrong(p, label)
    assert wrong[turned].mean() > 0.5  # those that a head is as sure of as it is of most
    assert not np.delete(wrong, turned).any()
    assert (likely[turned][wrong[turned]] == truth[turned][wrong[turned]]).all()


def test_shipped_functions_are_planted_once_and_what_people_edited_is_left_alone(db):
    names = {rule.name for rule in shipped_rules()}
    assert set(LabelFunction.objects.values_list("name", flat=True)) == names
    first, second = LabelFunction.objects.order_by("id")[:2]
    LabelFunction.objects.filter(pk=first.pk).update(trust=0.5)
    LabelFunction.objects.filter(pk=second.pk).update(trust=0.5, edited=True)
    assert plant_rules("default") == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.trust != 0.5, second.trust) == (True, 0.5)
    for row in LabelFunction.objects.all():
        row.full_clean()


def test_rows_and_the_words_of_themes_are_functions(db, tmp_path, capsys):
    star_wars = Theme.objects.get(slug="star-wars")
    LabelFunction.objects.create(name="ship numbers", kind="regex", theme=star_wars, patterns=[r"\b[TXY]-\d+"])
    LabelFunction.objects.create(name="off", kind="regex", theme=star_wars, patterns=["."], on=False)
    slugs, rules = functions()
    assert {rule.kind for rule in rules} <= set(KINDS)
    assert "off" not in {rule.name for rule in rules}
    assert next(rule for rule in rules if rule.name == "ship numbers").theme == slugs.index("star-wars")
    file = tmp_path / "a.csv"
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([("t", "of"), ("Chewbacca flies a T-65", "star-wars"), ("a quiet evening", "city")])
    call_command("preview_label_functions", "--csv", str(file), "--text", "t", "--label", "of", "--json")
    found = json.loads(capsys.readouterr().out)
    row = next(row for row in found["functions"] if row["name"] == "ship numbers")
    assert (row["coverage"], row["precision"], row["checked"]) == (0.5, 1.0, 1)
    assert found["together"] == {"texts": 2, "coverage": 0.5, "accuracy": 1.0}
    with pytest.raises(ValidationError, match="no regular expression"):
        LabelFunction(name="x", kind="regex", theme=star_wars, patterns=["("]).full_clean()
