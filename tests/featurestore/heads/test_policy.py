"""When a task is trained by itself: the rules as properties, then what they say of real rows."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurestore.heads.policy import Known, Rules, Tried, choose, fresh, may_begin, quiet, rare

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
times = st.times()
counts = st.dictionaries(st.sampled_from(["yes", "no", "maybe"]), st.integers(0, 1000), max_size=3)
rules = st.builds(
    Rules,
    new_labels=st.integers(0, 800),
    rare_labels=st.integers(0, 80),
    days=st.integers(0, 10),
    quiet_from=st.none() | times,
    quiet_to=st.none() | times,
    on_drift=st.booleans(),
)
tried = st.builds(
    Tried,
    at=st.integers(0, 400).map(lambda hours: NOW - timedelta(hours=hours)),
    failed=st.booleans(),
    labels=st.none() | counts,
)
known = st.builds(
    Known,
    now=st.just(NOW),
    labels=counts,
    learned=counts,
    last=st.none() | tried,
    drifted=st.sampled_from(["", "The vectors (face)"]),
)


@given(rules, known)
def test_every_choice_has_a_sentence_and_the_cheap_no_is_never_overruled(rules, known):
    choice = choose(rules, known)
    assert choice.why.endswith(".")
    if may_begin(rules, known):
        assert not choice.train


@given(rules, known)
def test_nothing_is_trained_without_news(rules, known):
    """Neither enough new labels nor drift: never, however long one waits."""
    new = fresh(known.labels, known.learned)
    if choose(rules, known).train:
        assert (sum(new.values()) >= max(1, rules.new_labels) and rare(new) >= rules.rare_labels) or known.drifted


@given(rules, known, st.integers(0, 500))
def test_a_failure_with_the_same_labels_is_not_tried_again(rules, known, hours):
    """However often and however much later one looks: only what is new, or another policy, begins it again."""
    stuck = Known(
        now=NOW + timedelta(hours=hours),
        labels=known.labels,
        learned=known.learned,
        last=Tried(NOW, True, known.labels),
        drifted=known.drifted,
    )
    assert not choose(rules, stuck).train


@given(rules, known, st.integers(1, 50))
def test_more_of_the_same_kind_never_makes_it_less_due(rules, known, more):
    if choose(rules, known).train and known.labels:
        labels = {value: n + more for value, n in known.labels.items()}
        assert choose(rules, Known(known.now, labels, known.learned, known.last, known.drifted)).train


@given(times, times, times)
def test_quiet_hours_and_the_other_hours_make_a_day(start, end, at):
    mine, others = Rules(quiet_from=start, quiet_to=end), Rules(quiet_from=end, quiet_to=start)
    if start == end:
        assert not quiet(mine, at)
    else:
        assert quiet(mine, at) != quiet(others, at)


@pytest.mark.parametrize(
    ("at", "is_quiet"),
    [
        (time(21, 59), False),
        (time(22), True),
        (time(0), True),
        (time(5, 59), True),
        (time(6), False),
        (time(12), False),
    ],
)
def test_quiet_hours_go_over_midnight(at, is_quiet):
    assert quiet(Rules(quiet_from=time(22), quiet_to=time(6)), at) is is_quiet


@pytest.mark.parametrize(
    ("rules", "known", "train", "why"),
    [
        (
            Rules(),
            Known(NOW, {"yes": 60, "no": 440}),
            True,
            "There are 500 new labels (asked for: 500), 60 of the rarest answer (asked for: 50) "
            "since the last version.",
        ),
        (
            Rules(),
            Known(NOW, {"yes": 40, "no": 900}),
            False,
            "There are 940 new labels (asked for: 500), 40 of the rarest answer (asked for: 50) "
            "since the last version.",
        ),
        (Rules(), Known(NOW, {"no": 9000}), False, None),
        (Rules(rare_labels=0), Known(NOW, {"no": 9000}), True, None),
        (Rules(on=False), Known(NOW, {"yes": 600, "no": 600}), False, "It is switched off."),
        (Rules(), Known(NOW, {"yes": 600, "no": 600}, under_way=True), False, "It is being trained."),
        (
            Rules(days=2),
            Known(NOW, {"yes": 600, "no": 600}, last=Tried(NOW - timedelta(hours=47), False, None)),
            False,
            "It was trained less than 2 days ago.",
        ),
        (
            Rules(days=2),
            Known(NOW, {"yes": 600, "no": 600}, last=Tried(NOW - timedelta(hours=48), False, None)),
            True,
            None,
        ),
        (
            Rules(quiet_from=time(11), quiet_to=time(13)),
            Known(NOW, {"yes": 600, "no": 600}),
            False,
            "These are quiet hours: 11:00 to 13:00 UTC.",
        ),
        (Rules(), Known(NOW, {}, drifted="The vectors (face)"), True, "The vectors (face) drifted."),
        (Rules(on_drift=False), Known(NOW, {}, drifted="The vectors (face)"), False, None),
        (
            Rules(),
            Known(NOW, {}, drifted="The labels", last=Tried(NOW - timedelta(days=6), False, {})),
            False,
            "The labels drifted, and it was trained less than 7 days ago.",
        ),
        (
            Rules(new_labels=100, rare_labels=10),
            Known(NOW, {"yes": 90, "no": 190}, last=Tried(NOW - timedelta(days=2), True, {"yes": 60, "no": 140})),
            False,
            "The last training failed; since then 80 new labels (asked for: 100), 30 of the rarest answer "
            "(asked for: 10).",
        ),
        (
            Rules(new_labels=100, rare_labels=10, changed_at=NOW - timedelta(hours=1)),
            Known(NOW, {"yes": 90, "no": 190}, last=Tried(NOW - timedelta(days=2), True, {"yes": 60, "no": 140})),
            True,
            None,
        ),
    ],
)
def test_what_is_said(rules, known, train, why):
    choice = choose(rules, known)
    assert choice.train is train
    if why:
        assert choice.why == why


@pytest.mark.django_db
class TestWithRows:
    @pytest.fixture
    def policy(self, heads, task):
        from featurestore.heads.models import RetrainingPolicy

        return RetrainingPolicy.objects.create(task=task, new_labels=20, rare_labels=5)

    @pytest.fixture
    def labels(self, task):
        import numpy as np

        from featurestore.store import get_store
        from featurestore.store.base import NewFeature, NewLabel

        def labels(yes: int, no: int, view: str = "face") -> None:
            rng = np.random.default_rng(yes + no)
            vectors = rng.normal(size=(yes + no, 4)).astype(np.float32)
            store, day = get_store(), date(2026, 2, 1)
            ids = store.put([NewFeature("image@1", view, vector, "DK", day) for vector in vectors])
            values = ["yes"] * yes + ["no"] * no
            store.label([NewLabel(id, task, value, "moderator", 1, day) for id, value in zip(ids, values, strict=True)])

        return labels

    def test_enough_labels_ask_for_one_training(self, policy, labels, task):
        from featurestore.heads.models import TrainingRun
        from featurestore.heads.policy_actions import check_all

        labels(5, 14)
        labels(50, 50, view="picture")  # not what the head reads
        assert check_all()[task].train is False
        policy.refresh_from_db()
        assert policy.said.startswith("There are 19 new labels")
        assert policy.checked_at is not None
        labels(0, 1)
        assert check_all()[task].train is True
        run = TrainingRun.objects.get()
        assert (run.task, run.state, run.asked_by) == (task, "waiting", None)
        assert run.because.startswith("There are 20 new labels (asked for: 20), 5 of the rarest")
        assert check_all()[task].why == "It is being trained."

    def test_they_are_counted_from_the_version_before(self, policy, labels, task, heads, make_head):
        from featurestore.heads.policy_actions import check

        labels(10, 20)
        make_head("5", data={"labels": {"yes": 10, "no": 20}})
        make_head("6", data={"shipped": True})
        assert check(policy).why.startswith("There are 0 new labels")
        labels(6, 14)
        assert check(policy).train is True

    def test_a_training_that_failed_is_not_begun_again(self, policy, labels, task):
        from featurestore.heads import running
        from featurestore.heads.models import HeadAlert, RetrainingPolicy, TrainingRun
        from featurestore.heads.policy_actions import check

        RetrainingPolicy.objects.update(changed_at=datetime.now(UTC) - timedelta(days=9))
        policy.refresh_from_db()
        labels(10, 20)
        assert check(policy).train is True
        run = TrainingRun.objects.get()
        running.begin(run)
        running.failed(run, "Too few.", {"labels": {"yes": 10, "no": 20}})
        TrainingRun.objects.update(ended_at=datetime.now(UTC) - timedelta(days=3))
        for _ in range(3):
            assert check(policy).why.startswith("The last training failed; since then 0 new labels")
        assert TrainingRun.objects.count() == 1
        assert HeadAlert.objects.get().times == 1
        policy.save()  # somebody looked at it, and says so
        assert check(policy).train is True
        TrainingRun.objects.filter(state="waiting").delete()
        RetrainingPolicy.objects.update(changed_at=datetime.now(UTC) - timedelta(days=9))
        policy.refresh_from_db()
        assert check(policy).train is False
        labels(10, 10)
        assert check(policy).train is True

    def test_drift_is_read_where_the_store_keeps_it(self, policy, labels, task):
        from featurestore.heads.policy_actions import check
        from featurestore.overview.models import DriftTest

        labels(1, 1)

        def test(day: date, subject: str, what: str, p: float) -> None:
            DriftTest.objects.create(
                day=day, what=what, subject=subject, before=99, now=99, figure=0.7, low=0.6, high=0.8, p=p
            )

        test(date(2026, 2, 1), "image@1, face", "vectors", 0.001)
        test(date(2026, 2, 2), "image@1, face", "vectors", 0.4)  # it is over
        test(date(2026, 2, 2), "image@1, picture", "vectors", 0.001)  # another view
        test(date(2026, 2, 2), f"{task}x: yes", "labels", 0.001)  # another task
        assert check(policy).train is False
        test(date(2026, 2, 3), f"{task}: yes", "labels", 0.001)
        assert check(policy).why == "The labels drifted."

    def test_one_policy_that_cannot_be_followed_leaves_the_others(self, policy, labels, task):
        from featurestore.heads.models import RetrainingPolicy
        from featurestore.heads.policy_actions import check_all

        RetrainingPolicy.objects.create(task="another")
        RetrainingPolicy.objects.create(task="a", label_view="no such view")
        labels(10, 20)
        found = check_all()
        assert found[task].train is True
        assert found["another"].why.startswith("There is neither a head of the task 'another' nor a label.")
