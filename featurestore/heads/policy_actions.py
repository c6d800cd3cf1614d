"""Applies the retraining policies: reads what is known, decides, asks for a training, notes what it came to."""

from dataclasses import fields

import structlog
from django.utils import timezone

from featurestore.heads import reading, running
from featurestore.heads.models import HeadVersion, RetrainingPolicy, RunState, TrainingRun
from featurestore.heads.policy import Choice, Known, Rules, Tried, choose, may_begin
from featurestore.heads.refusals import Refused
from featurestore.heads.training_actions import ask_training
from featurestore.overview.models import Drifting, DriftTest
from featurestore.overview.shown_changes import UNUSUAL

log = structlog.get_logger(__name__)


def check(policy: RetrainingPolicy) -> Choice:
    """Look whether a task is due, and have it trained if it is. What was found stands in the policy's row."""
    rules = Rules(**{field.name: getattr(policy, field.name) for field in fields(Rules)})
    try:
        choice = _choose(policy, rules)
        if choice.train:
            ask_training(policy.task, None, choice.why)
    except Refused as refused:
        choice = Choice(False, str(refused))
    RetrainingPolicy.objects.filter(id=policy.id).update(checked_at=timezone.now(), said=choice.why[:300])
    log.info("policy.checked", task=policy.task, train=choice.train, why=choice.why)
    return choice


def check_all() -> dict[str, Choice]:
    """task -> what was decided. One that fails does not keep the others from being looked at."""
    running.end_silent()
    found = {}
    for policy in RetrainingPolicy.objects.order_by("task"):
        try:
            found[policy.task] = check(policy)
        except Exception:
            log.exception("policy.failed", task=policy.task)
    return found


def _choose(policy: RetrainingPolicy, rules: Rules) -> Choice:
    task = policy.task
    runs = TrainingRun.objects.filter(task=task)
    last = runs.filter(state__in=[RunState.DONE, RunState.FAILED]).first()
    tried = None
    if last:
        at = last.ended_at or last.asked_at
        tried = Tried(at, last.state == RunState.FAILED, last.result.get("labels"))
    under_way = runs.filter(state__in=[RunState.WAITING, RunState.RUNNING]).exists()
    known = Known(timezone.now(), {}, last=tried, under_way=under_way)
    if no := may_begin(rules, known):
        return Choice(False, no)  # before anything is counted
    begin = reading.basis(task)
    labels = reading.counts(task, begin.encoder, begin.view, policy.label_view)
    # Planted heads are passed over: they learned from data of their own, and nothing of it is a label here.
    newest = HeadVersion.objects.filter(task=task, data__has_key="labels").defer("onnx").order_by("id").last()
    learned = newest.data["labels"] if newest else {}
    return choose(
        rules,
        Known(known.now, labels, learned, tried, drifted(task, begin.encoder, begin.view), under_way),
    )


def drifted(task: str, encoder: str, view: str) -> str:
    """What the newest day's drift tests say has changed of what a head reads or learns, "" for nothing."""
    vectors = DriftTest.objects.filter(what=Drifting.VECTORS, subject=f"{encoder}, {view}").order_by("-day").first()
    if vectors and vectors.p < UNUSUAL:
        return f"The vectors ({view})"
    labels = DriftTest.objects.filter(what=Drifting.LABELS, subject__startswith=f"{task}: ").order_by("-day").first()
    if labels and labels.p < UNUSUAL:
        return "The labels"
    return ""
