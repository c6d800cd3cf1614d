"""From labels in the store to a version that is deployed or held, with the real solver."""

import io
import json
import math
from datetime import date, timedelta

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from featurestore.heads import mirroring, policy_actions, reading, running, tasks
from featurestore.heads.actions import CannotTrainHere, NotNow, ask_training, train
from featurestore.heads.mlflow_api import Mlflow
from featurestore.heads.models import (
    HeadAlert,
    HeadVersion,
    PromotionEvent,
    RetrainingPolicy,
    RunState,
    Serving,
    TrainingRun,
)
from featurestore.heads.serving import load, serving
from featurestore.heads.training import CannotTrain
from featurestore.labels import splits
from featurestore.store import get_store
from featurestore.store.base import NewFeature, NewLabel
from tests.featurestore.heads.test_registry import aliases

DIM = 4


@pytest.fixture
def fill(task):
    """fill(220): labelled face vectors. Both answers lie about a centre of their own, so a head can learn them; they
    are drawn far enough apart that no two are near-duplicates."""

    def fill(n: int, seed: int = 0, flip: bool = False) -> list:
        rng = np.random.default_rng(seed)
        yes = rng.random(n) < 0.4
        x = rng.normal(size=(n, DIM)).astype(np.float32) + np.where(yes[:, None] ^ flip, 1.5, -1.5).astype(np.float32)
        store, first = get_store(), date(2026, 1, 1)
        days = [first + timedelta(int(day)) for day in rng.integers(0, 40, n)]
        markets = rng.choice(["DK", "DE", "FR", "US"], n)
        ids = store.put([NewFeature("image@1", "face", v, str(m), d) for v, m, d in zip(x, markets, days, strict=True)])
        store.label(
            [
                NewLabel(id, task, "yes" if answer else "no", "moderator", 1, day)
                for id, answer, day in zip(ids, yes, days, strict=True)
            ]
        )
        return ids

    return fill


@pytest.fixture
def split_freely(monkeypatch):
    """In four dimensions everything is near everything: an encoder's vectors are not. And few need a large exam."""
    tight = splits.Rule(0.6, 0.2, 0.2, radius=1e-4, burst_radius=1e-4)
    monkeypatch.setattr(splits, "RULES", dict.fromkeys(splits.RULES, tight))


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("split_freely")]


def champion(make_head, task, bias: float = 0.0) -> HeadVersion:
    head = make_head("1", bias=bias)
    Serving.objects.create(task=task, alias="champion", head=head)
    return head


def test_a_training_ends_beside_the_champion_and_in_mlflow(mlflow, make_head, task, fill, lead):
    first = champion(make_head, task)
    fill(400)
    heard = []
    head = train(task, lead, "A test.", tell=lambda *said: heard.append(said))

    assert (head.version, head.parent, head.encoder, head.view) == ("2", first, "image@1", "face")
    assert serving(task)[task][1].version == "2"
    assert serving(task)[task][1].alias == "challenger"
    x = np.array([[1.5] * DIM, [-1.5] * DIM], np.float32)
    assert load(head).score(x).round().tolist() == [1, 0]
    run = TrainingRun.objects.get()
    assert (run.state, run.progress, run.asked_by, run.head, run.error) == ("done", 1.0, lead, head, "")
    assert run.result["alias"] == "challenger"
    assert sum(run.result["labels"].values()) == 400
    assert run.curve == [list(point) for point in heard[-1][2]]
    assert head.data["labels"] == run.result["labels"]
    assert (head.data["label_view"], head.data["encoder"]) == ("strongest@2", "image@1")
    assert sum(sum(part.values()) for part in head.data["splits"].values()) == 400
    assert all(len(figure) == 3 and figure[1] <= figure[0] <= figure[2] for figure in head.metrics.values())
    event = PromotionEvent.objects.get()
    assert (event.kind, event.new, event.by) == ("deploy", head, None)
    assert event.reason.startswith("Trained because: A test. Against version 1 on the frozen exam set: ")
    assert aliases(task) == {"champion": 1, "challenger": 2}
    logged = Mlflow().get("runs/get", run_id=head.mlflow_run)["run"]["data"]
    metrics = {row["key"]: row["value"] for row in logged["metrics"]}
    for name, (value, _, _) in head.metrics.items():
        assert math.isclose(metrics[name.replace("%", "_")], value), name


def test_worse_than_the_champion_is_kept_and_not_deployed(no_mlflow, make_head, task, fill):
    """The exam's labels are right; whatever is not in the exam was turned round afterwards."""
    champion(make_head, task)
    fill(230)
    lessons = reading.read(task, "image@1", "face")
    store, day = get_store(), date(2026, 3, 1)
    turned = [
        NewLabel(id, task, "no" if y == "yes" else "yes", "second_look", 1, day)
        for id, y, part in zip(lessons.dataset.ids, lessons.dataset.y, lessons.splits, strict=True)
        if part != "exam"
    ]
    store.label(turned)
    head = train(task, because="Nobody asked.")
    assert head.standing == "held"
    assert head.why.startswith(
        "On the frozen exam set it is worse than the champion, version 1, by more than chance: -"
    )
    assert [one.version for one in serving(task)[task]] == ["1"]
    event = PromotionEvent.objects.get()
    assert (event.kind, event.old, event.reason) == ("hold", head, head.why)
    assert event.evidence["difference"][2] < 0
    run = TrainingRun.objects.get()
    assert (run.state, run.head, run.result["held"]) == ("done", head, head.why)
    assert not HeadAlert.objects.exists()


def test_without_mlflow_nothing_is_lost(no_mlflow, make_head, task, fill, settings, mlflow_url):
    champion(make_head, task)
    fill(220)
    head = train(task)
    assert (head.mlflow_version, serving(task)[task][1].version) == (None, "2")
    settings.MLFLOW_TRACKING_URI = mlflow_url
    assert tasks.mirror() == 4  # two versions, two aliases
    assert aliases(task) == {"champion": 1, "challenger": 2}
    assert tasks.mirror() == 0


def test_the_first_head_of_a_task_is_a_challenger_until_a_person_promotes_it(no_mlflow, task, fill):
    fill(220)
    head = train(task)
    assert (head.version, head.parent) == ("1", None)
    assert [one.alias for one in serving(task)[task]] == ["challenger"]
    assert "There was no champion" in PromotionEvent.objects.get().reason


def test_too_few_labels_is_said_in_a_sentence_once(no_mlflow, make_head, task, fill):
    champion(make_head, task)
    fill(5)
    with pytest.raises(CannotTrain) as error:
        train(task)
    run = TrainingRun.objects.get()
    assert (run.state, run.error, run.head) == ("failed", str(error.value), None)
    assert sum(run.result["labels"].values()) == 5
    alert = HeadAlert.objects.get()
    assert (alert.kind, alert.says, alert.ended_at) == ("training_failed", run.error, None)
    assert not HeadVersion.objects.filter(version="2").exists()
    fill(220, seed=1)
    train(task)
    alert.refresh_from_db()
    assert alert.ended_at is not None


def test_what_goes_wrong_inside_is_told_too(no_mlflow, make_head, task, fill, monkeypatch):
    champion(make_head, task)
    fill(220)
    from featurestore.heads import training_actions

    def full(*args, **kwargs):
        raise OSError("No space left on device")

    monkeypatch.setattr(training_actions, "register", full)
    with pytest.raises(OSError):
        train(task)
    run = TrainingRun.objects.get()
    assert (run.state, run.error) == ("failed", "It failed: OSError: No space left on device")
    assert HeadAlert.objects.count() == 1


def test_a_task_that_nobody_knows(no_mlflow, heads):
    with pytest.raises(CannotTrainHere, match=r"neither a head of the task 'colour' nor a label\. Tasks .*: t"):
        ask_training("colour")
    assert not TrainingRun.objects.exists()


def test_by_the_policy_from_labels_to_a_challenger(no_mlflow, make_head, task, fill):
    champion(make_head, task)
    RetrainingPolicy.objects.create(task=task, new_labels=100, rare_labels=20, label_view="people")
    fill(220)
    assert policy_actions.check_all()[task].train
    run = TrainingRun.objects.get()
    assert tasks.train(run.id) == "2"
    assert tasks.train(run.id) == ""  # twice is once
    run.refresh_from_db()
    assert (run.state, run.asked_by, run.head.data["label_view"]) == ("done", None, "people@2")
    TrainingRun.objects.update(ended_at=timezone.now() - timedelta(days=2))
    assert policy_actions.check_all()[task].why.startswith("There are 0 new labels")
    fill(150, seed=2)
    assert policy_actions.check_all()[task].train


def test_the_task_takes_a_failure_as_a_result(no_mlflow, make_head, task, fill):
    champion(make_head, task)
    fill(5)
    assert tasks.train(ask_training(task).id) == ""
    assert TrainingRun.objects.get().state == "failed"


def test_one_at_a_time_and_the_dead_are_buried(no_mlflow, heads, task, lead):
    run = ask_training(task, lead, "A test.")
    with pytest.raises(NotNow, match="is being trained already"):
        ask_training(task, lead, "Again.")
    assert running.begin(run)
    TrainingRun.objects.update(step="fitting")
    assert running.end_silent() == 0
    TrainingRun.objects.update(beat_at=timezone.now() - running.SILENT * 2)
    assert tasks.tend_trainings() == 0
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert run.error == (
        "The training ended without a word: its process was killed, or the machine stopped. It was at: fitting."
    )
    ask_training(task, lead, "Again.")


def test_what_waits_too_long_is_announced_again(broker, heads, task, lead):
    ask_training(task, lead, "A test.")
    assert broker.llen("training") == 1
    assert tasks.tend_trainings() == 0  # it was announced a moment ago
    TrainingRun.objects.update(asked_at=timezone.now() - tasks.LATE * 2)
    assert tasks.tend_trainings() == 1
    assert broker.llen("training") == 2


def test_a_long_curve_keeps_its_last_point(heads, task):
    run = running.wait(task, None, "x")
    running.begin(run)
    curve = [(n, 1 / (n + 1), None) for n in range(1234)]
    told = running.Teller(run)
    told(2.0, "x" * 500, curve)
    run.refresh_from_db()
    assert (run.progress, len(run.step)) == (1.0, 120)
    assert len(run.curve) <= running.POINTS + 1
    assert (run.curve[0], run.curve[-1][0]) == ([0, 1.0, None], 1233)


def test_the_command_prints_what_came_of_it(mlflow, make_head, task, fill):
    champion(make_head, task)
    fill(220)
    out = io.StringIO()
    call_command("train", task, label_view="people@1", json=True, stdout=out)
    report = json.loads(out.getvalue())
    assert (report["version"], report["alias"], report["held"]) == ("2", "challenger", "")
    assert report["label_view"] == "people@1"
    assert report["mlflow_version"] == 2
    out = io.StringIO()
    call_command("train", task, stdout=out)
    assert "It serves as challenger." in out.getvalue()
    assert f"MLflow: brickmod-{task}, version 3." in out.getvalue()
    assert {one.alias: one.version for one in serving(task)[task]} == {
        "champion": "1",
        "challenger": "3",
        "challenger-2": "2",
    }
    assert mirroring.aliases(task) == aliases(task)


@pytest.mark.parametrize(
    ("words", "says"),
    [(["colour"], "neither a head of the task 'colour'"), (["{task}", "--label-view", "odd"], "no label view 'odd'")],
)
def test_the_command_says_no_in_a_sentence(no_mlflow, heads, task, words, says):
    with pytest.raises(CommandError, match=says):
        call_command("train", *[word.format(task=task) for word in words])
