"""Rules that turn evidence into labels."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from featurestore.labels import rules
from featurestore.labels.reliability import dawid_skene
from featurestore.labels.rules import MOVED, STRENGTH, VIEWS, Moved, UnknownView, find
from featurestore.labels.views import apply, code

SOURCES = [*STRENGTH, "unheard of"]
FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
SAID = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from(SOURCES),
        st.sampled_from(["yes", "no", "maybe"]),
        st.fixed_dictionaries(
            {
                "withdrawn": st.booleans(),
                "confidence": st.floats(0, 1, width=32),
                "labeller": st.sampled_from(["", "lead", "rule"]),
                "policy": st.integers(0, 4),
            }
        ),
    ),
    max_size=40,
)


def strongest(said: list[tuple]) -> dict[int, tuple[str, float, str]]:
    """The default rule in plain Python, one feature after another: what the arrays must agree with."""
    found = {}
    for feature in {row[0] for row in said}:
        standing = {}
        for _, source, value, more in (row for row in said if row[0] == feature):
            if more["withdrawn"]:
                standing.pop(source, None)
            elif source in STRENGTH:
                standing[source] = (value, more["confidence"])
        if standing:
            source = max(standing, key=lambda name: STRENGTH[name])
            found[feature] = (*standing[source], source)
    return found


@given(SAID)
@FIXTURE
def test_the_default_is_the_newest_label_of_the_strongest_source(make_evidence, said):
    labels = apply("", make_evidence(6, *said))
    got = {
        int(r): (str(v), float(w), str(s))
        for r, v, w, s in zip(labels.row, labels.value, labels.weight, labels.source, strict=True)
    }
    assert got == strongest(said)
    assert labels.view == "strongest@2"


@given(SAID, st.sampled_from([view.full_name for view in VIEWS]))
@FIXTURE
def test_every_view_gives_each_feature_at_most_one_label_that_somebody_gave(make_evidence, said, view):
    evidence = make_evidence(6, *said)
    labels = apply(view, evidence)
    assert (np.diff(labels.row) > 0).all()
    assert labels.chance.shape == (len(labels), len(labels.values))
    assert labels.chance.dtype == labels.weight.dtype == np.float32
    np.testing.assert_allclose(labels.chance.sum(1), 1, atol=1e-5)
    assert ((labels.weight >= 0) & (labels.weight <= 1)).all()
    for row, value, source in zip(labels.row, labels.value, labels.source, strict=True):
        assert source in find(view).sources
        # With soft views a doubtful label can make another value the likelier one, but never one that nobody named.
        assert value in {v for _, _, v, more in said if not more["withdrawn"]}
        assert any(r == row and s == source for r, s, _, _ in said)
    if not view.startswith(("soft", "reliable")):
        assert set(np.unique(labels.chance)) <= {0, 1}


def test_latest_wins_whoever_said_it(make_evidence):
    evidence = make_evidence(1, (0, "second_look", "yes"), (0, "weak", "no"))
    assert list(apply("latest", evidence).value) == ["no"]
    assert list(apply("strongest", evidence).value) == ["yes"]


def test_a_second_look_counts_before_the_first_and_an_audit_before_a_rule(make_evidence):
    evidence = make_evidence(
        2, (0, "second_look", "no"), (0, "moderator", "yes"), (1, "audit", "no"), (1, "weak", "yes")
    )
    labels = apply("strongest", evidence)
    assert list(labels.value) == ["no", "no"]
    assert list(labels.source) == ["second_look", "audit"]


def test_some_views_hear_people_alone(make_evidence):
    evidence = make_evidence(3, (0, "weak", "yes"), (1, "moderator", "yes"), (2, "audit", "yes"), (2, "import", "no"))
    assert list(apply("people", evidence).row) == [1, 2]
    assert list(apply("fair", evidence).row) == [2]


def test_what_a_source_took_back_is_no_longer_said(make_evidence):
    back = {"withdrawn": True}
    evidence = make_evidence(
        2,
        (0, "moderator", "yes"),
        (0, "moderator", "no", back),
        (1, "weak", "no"),
        (1, "moderator", "yes"),
        (1, "moderator", "no", back),
    )
    for view in ("strongest", "latest", "soft", "reliable"):
        labels = apply(view, evidence)
        assert list(labels.row) == [1]
        assert list(labels.source) == ["weak"]


def test_a_value_that_moved_between_policies_is_read_as_it_was_meant(make_evidence):
    moved = (
        Moved("theme", 2, "castle", "knights", "renamed"),
        Moved("theme", 3, "knights", "", "split in two, and nobody knows which these are"),
        Moved("face", 9, "space", "moon", "another task"),
    )
    evidence = make_evidence(
        5,
        (0, "moderator", "castle", {"policy": 3}),
        (1, "moderator", "space", {"policy": 1}),
        (2, "moderator", "knights", {"policy": 2}),
        (3, "moderator", "castle", {"policy": 0}),
        (4, "moderator", "castle", {"policy": 1}),
    )
    labels = apply("strongest", evidence, "theme", moved)
    assert dict(zip(labels.row.tolist(), labels.value.tolist(), strict=True)) == {0: "castle", 1: "space", 3: "castle"}
    renamed = apply("strongest", evidence, "theme", moved[:1])
    assert renamed.value[-1] == "knights"  # longer than what it replaces, and not cut
    assert not MOVED or all(change.because for change in rules.MOVED)


def test_disagreement_is_kept_as_a_share_of_votes(make_evidence):
    evidence = make_evidence(
        2,
        (0, "moderator", "yes"),
        (0, "second_look", "no"),
        (1, "moderator", "yes", {"confidence": 0.7}),
        (1, "weak", "no"),
    )
    labels = apply("soft", evidence)
    assert labels.values == ("no", "yes")
    np.testing.assert_allclose(labels.chance[0], [0.5, 0.5])
    # a vote of 1 that is sure to 0.7, and one of 0.2
    np.testing.assert_allclose(labels.chance[1], [(0.3 + 0.2) / 1.2, 0.7 / 1.2], atol=1e-6)
    assert list(labels.value[1:]) == ["yes"]


def test_reliability_is_found_from_agreement_alone(make_evidence):
    rng = np.random.default_rng(3)
    truth = rng.random(1500) < 0.3
    right = {"moderator": 0.95, "audit": 0.97, "import": 0.9, "weak": 0.6}
    said = []
    for feature, yes in enumerate(truth):
        for source, share in right.items():
            answer = yes if rng.random() < share else not yes
            said.append((feature, source, "yes" if answer else "no"))
    evidence = make_evidence(1500, *said)
    reliable = apply("reliable", evidence)
    good = ((reliable.value == "yes") == truth).mean()
    assert good > 0.975
    assert good > ((apply("strongest", evidence).value == "yes") == truth).mean() - 0.005
    # One rule alone against three others: the chance says how little it counts.
    weak = make_evidence(1501, *said, (1500, "weak", "yes"))
    assert 0.3 < apply("reliable", weak).chance[-1, 1] < 0.7


def test_the_estimate_agrees_with_the_confusion_it_was_made_from():
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 3, 4000)
    says = np.array([[0.9, 0.05, 0.05], [0.1, 0.8, 0.1], [0.02, 0.08, 0.9]])
    feature, voter = np.repeat(np.arange(4000), 3), np.tile(np.arange(3), 4000)
    said = np.array([rng.choice(3, p=says[t]) for t in truth[feature]])
    found = dawid_skene(feature, voter, np.eye(3)[said], 4000, 3)
    np.testing.assert_allclose(found.says, np.stack([says] * 3), atol=0.05)
    assert (found.chance.argmax(1) == truth).mean() > 0.93


def test_views_are_named_with_their_version_and_an_unknown_one_is_refused():
    assert find("soft") is find("soft@2")
    assert find().name == rules.DEFAULT
    assert len({view.full_name for view in VIEWS}) == len(VIEWS)
    with pytest.raises(UnknownView, match=r"strongest@1.*reliable@1"):
        find("strongest@99")


@given(st.lists(st.text("abc", max_size=3), max_size=200))
def test_coding_a_column_gives_the_column_back(column):
    column = np.array([f"{text}{n % 25}" for n, text in enumerate(column)], np.str_)
    names, codes = code(column)
    assert list(names) == sorted(set(column.tolist()))
    assert [names[c] for c in codes] == column.tolist()


def test_nothing_said_is_no_label(make_evidence):
    for view in VIEWS:
        assert len(apply(view.name, make_evidence(4))) == 0
