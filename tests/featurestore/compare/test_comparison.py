import dataclasses

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from featurestore.compare.comparison import BCA, DRAWN, compare, of_counts
from featurestore.compare.cost import Costs
from featurestore.compare.counting import count
from featurestore.compare.verdict import Word
from tests.featurestore.compare.streams import everything_seen, stream

NAMES = ("version 7", "version 8")


def test_with_every_label_the_measures_are_scikit_learns() -> None:
    pairs = everything_seen(5000, b_better=0.2)
    found = compare(pairs).estimates
    for name, theirs in (("precision", precision_score), ("recall", recall_score), ("f1", f1_score)):
        assert found[name].a.value == pytest.approx(theirs(pairs.label, pairs.a_hit))
        assert found[name].b.value == pytest.approx(theirs(pairs.label, pairs.b_hit))
        assert found[name].difference.value == pytest.approx(found[name].b.value - found[name].a.value)
        assert found[name].difference.low <= found[name].difference.value <= found[name].difference.high


def test_cost_by_hand() -> None:
    pairs = everything_seen(4000)
    costs = Costs(reviewer_minute=1.0, look_seconds=30, rejected_good=3.0, missed=7.0)
    found = compare(pairs, costs)
    good, hit = pairs.label == 0, pairs.a_hit
    minutes = (~hit).sum() * 0.5
    euros = minutes + 3 * (good & hit).sum() + 7 * (~good & ~hit).sum()
    assert found.estimates["minutes"].a.value == pytest.approx(minutes / 4)
    assert found.estimates["euros"].a.value == pytest.approx(euros / 4)


def test_mcnemar_is_called_fair_where_disagreements_were_seen_alike() -> None:
    assert compare(stream(3000, recheck=1.0)).mcnemar.fair
    assert not compare(stream(3000, recheck=0.3)).mcnemar.fair


def test_other_costs_need_no_second_count() -> None:
    pairs = stream(5000)
    again = of_counts(count(pairs), Costs(missed=9.0))
    assert again.estimates["euros"] == compare(pairs, Costs(missed=9.0)).estimates["euros"]
    with pytest.raises(ValueError, match="missed"):
        Costs(missed=-1)


def test_the_table_holds_every_label_and_sums_to_a_thousand() -> None:
    pairs = stream(8000)
    found = compare(pairs)
    cells = [getattr(found.table, field.name) for field in dataclasses.fields(found.table)]
    assert sum(cell.labels for cell in cells) == int(pairs.known.sum()) == found.labelled
    assert sum(cell.per_thousand.value for cell in cells) == pytest.approx(1000)
    confusion = found.a_confusion
    assert sum(one.value for one in dataclasses.astuple(confusion)) == pytest.approx(1000)
    assert confusion.tp.value == pytest.approx(found.estimates["found"].a.value)
    known = pairs.known
    only_a = known & (pairs.a_hit == (pairs.label == 1)) & (pairs.b_hit != (pairs.label == 1))
    assert found.table.only_a.labels == only_a.sum() == found.mcnemar.only_a


def test_a_better_an_equal_and_a_worse_one_are_told() -> None:
    better = compare(stream(40_000, b_better=0.5), names=NAMES, finds="faces")
    assert better.verdict.word == Word.BETTER
    assert better.verdict.headline == "Version 8 is better, and we can be sure."
    assert "more faces (between" in better.verdict.text
    assert better.needed is None
    equal = compare(stream(3000), names=NAMES)
    assert equal.verdict.word == Word.TOO_EARLY
    worse = compare(stream(40_000, b_better=-0.5), names=NAMES)
    assert worse.verdict.word == Word.WORSE
    assert worse.estimates["recall"].better == -1 == worse.estimates["right"].better
    assert better.estimates["missed"].better == 1


def test_equal_models_are_in_the_end_not_worse() -> None:
    found = compare(stream(60_000), margin=0.01, names=NAMES)
    assert found.verdict.word == Word.NOT_WORSE
    assert "at most 10 more mistakes in 1,000 uploads" in found.verdict.text


def test_what_nobody_saw_is_said() -> None:
    found = compare(stream(20_000, audit=0.0), names=NAMES)
    assert found.blind[1, 1] > 0
    assert "nobody saw even one of their kind" in found.verdict.text
    assert found.estimates["precision"].a.high - found.estimates["precision"].a.low > 0.5
    assert found.estimates["precision"].method == DRAWN


def test_labels_that_come_in_late_on_one_side_are_said() -> None:
    pairs = stream(20_000)
    assert "come in late" not in compare(pairs).verdict.text
    pairs.label[np.flatnonzero(pairs.a_hit & ~pairs.b_hit & pairs.known)[::2]] = -1
    assert "Labels of one kind of disagreement come in late" in compare(pairs).verdict.text


def test_with_labels_enough_it_is_the_bootstrap() -> None:
    assert compare(everything_seen(20_000)).estimates["f1"].method == BCA


def test_one_pair_and_no_label_are_borne() -> None:
    one = compare(stream(1, seed=3))
    assert one.uploads == 1
    assert one.verdict.word == Word.TOO_EARLY
    pairs = stream(500)
    pairs.label[:] = -1
    nothing = compare(pairs)
    assert (nothing.labelled, nothing.a_curve, nothing.needed) == (0, None, None)
    assert nothing.verdict.word == Word.TOO_EARLY


def test_the_order_of_the_rows_does_not_matter() -> None:
    pairs = stream(3000)
    order = np.random.default_rng(0).permutation(3000)
    turned = dataclasses.replace(
        pairs,
        **{
            field.name: getattr(pairs, field.name)[order]
            for field in dataclasses.fields(pairs)
            if field.name not in ("strata", "slices")
        },
        slices={name: (codes[order], names) for name, (codes, names) in pairs.slices.items()},
    )
    one, other = compare(pairs), compare(turned)
    assert one.verdict == other.verdict
    assert one.estimates == other.estimates
    assert one.slices == other.slices
