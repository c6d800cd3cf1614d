"""What can happen to a question: it is handed out, answered, taken back, closed. A transaction each."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from brickmod.access.models import Role
from featurestore.models import Source
from featurestore.store import get_store
from featurestore.store.base import NewLabel
from moderation.feedback.texts import current_policy
from moderation.intake.models import State
from moderation.labelling.agreement import Agreed, agreed
from moderation.labelling.asking import teaches
from moderation.labelling.models import Agreement, Answer, LabelTask, Question, Tally, Value
from moderation.prefilter.links import features_of
from moderation.prefilter.models import FeatureLink

GRID = 12
LEASE = timedelta(minutes=10)
BLIND = 0.3  # how much an answer counts that was given without the part: it repeats its neighbours
CLASSES = [Role.LEAD, Role.MODERATOR, Role.ML_ENGINEER, Role.ADMIN]


@dataclass(frozen=True)
class Counted:
    """What became of answers: `gone` could not be counted, since their part or feature is not there any more, or
    somebody else was asked meanwhile."""

    counted: int
    gone: int


def pick(user: Any, task: LabelTask, size: int = GRID) -> list[Question]:
    """Up to `size` questions for this person, held for LEASE. Those already held come first.

    1. Candidates are read without a lock. 2. A conditional update each: 1 row = won, 0 = somebody else was first.
    """
    now = timezone.now()
    mine = Answer.objects.filter(question=OuterRef("pk"), labeller=user)
    # A part whose links are cut can be shown, but not taught about: it waits here only for `close`.
    live = Q(part=None) | Exists(FeatureLink.objects.filter(part=OuterRef("part")))
    candidates = (
        Question.objects.filter(live, _free(user, now), task=task)
        .exclude(Exists(mine))
        .exclude(part__submission__state=State.WITHDRAWN)
        .annotate(said=Count("answers"))
        .filter(said__lt=F("wanted"))
        .order_by(F("held_by").desc(nulls_last=True), F("part").asc(nulls_last=True), "place")
    )
    parts_first = sorted(candidates[: 4 * size], key=lambda q: (q.held_by_id != user.pk, q.part_id is None, q.place))
    won: list[UUID] = []
    for question in parts_first:
        if len(won) == size:
            break
        if Question.objects.filter(_free(user, now), id=question.id).update(held_by=user, held_until=now + LEASE):
            won.append(question.id)
    rows = Question.objects.filter(id__in=won).select_related("task", "part", "part__submission")
    return sorted(rows, key=lambda question: won.index(question.id))


@transaction.atomic
def answer(user: Any, batch: UUID, values: Mapping[UUID, str]) -> Counted:
    """Write answers and their labels. The same batch twice is counted once."""
    now, today = timezone.now(), timezone.now().date()
    counted = 0
    for question in Question.objects.filter(id__in=values).select_related("task", "part"):
        value = Value(values[question.id])
        if Answer.objects.filter(question=question, labeller=user).exists():
            counted += 1
            continue
        features = _features(question)
        if not features or not Question.objects.filter(_free(user, now), id=question.id).update(
            held_by=None, held_until=None
        ):
            continue
        row = Answer.objects.create(question=question, labeller=user, value=value, batch=batch, at=now)
        get_store().label(_labels(question, [row], features))
        _tally(question.task, today, value, 1)
        counted += 1
    return Counted(counted, len(values) - counted)


@transaction.atomic
def undo(user: Any) -> Counted:
    """Take back what this person sent last, while it leads to its features. The questions are theirs again.

    A withdrawal takes back what the label page said before it, of everybody; so the others' words are said again.
    """
    last = Answer.objects.filter(labeller=user).order_by("-at").first()
    if last is None:
        return Counted(0, 0)
    rows = list(
        Answer.objects.filter(labeller=user, batch=last.batch).select_related("question__task", "question__part")
    )
    now = timezone.now()
    undone = 0
    for row in rows:
        question = row.question
        features = _features(question)
        if not features:
            continue
        others = list(question.answers.exclude(id=row.id).order_by("at").select_related("labeller"))
        labels = []
        if row.value != Value.UNSURE:
            labels = [_label(question, id, Value.NO, "", withdrawn=True) for id in features]
            labels += _labels(question, others, features)
        get_store().label(labels)
        _tally(question.task, row.at.date(), row.value, -1)
        row.delete()
        Question.objects.filter(_free(user, now), id=question.id).update(held_by=user, held_until=now + LEASE)
        undone += 1
    return Counted(undone, len(rows) - undone)


@transaction.atomic
def close(now: datetime | None = None) -> int:
    """Delete questions, with their answers, whose window has closed; keep how far people agreed. Returns how many."""
    now = now or timezone.now()
    links = FeatureLink.objects.filter(part=OuterRef("part"))
    old = now - timedelta(hours=settings.LINK_HOURS)
    over = Question.objects.filter((Q(part__isnull=False) & ~Exists(links)) | Q(part=None, made_at__lt=old))
    ids = list(over.values_list("id", flat=True))
    for task in LabelTask.objects.filter(questions__in=ids).distinct():
        found = agreement(task, Question.objects.filter(id__in=ids, task=task))
        if found:
            Agreement.objects.update_or_create(
                task=task,
                day=now.date(),
                defaults={
                    name: getattr(found, name) for name in ("measure", "people", "questions", "figure", "low", "high")
                },
            )
    Question.objects.filter(id__in=ids).delete()
    return len(ids)


def agreement(task: LabelTask, questions: Any = None) -> Agreed | None:
    """How far people agree in the answers that are still there. "Not sure" is no answer."""
    rows = Answer.objects.filter(question__task=task).exclude(value=Value.UNSURE)
    if questions is not None:
        rows = rows.filter(question__in=questions)
    said: dict[object, dict[object, str]] = defaultdict(dict)
    for question, labeller, value in rows.values_list("question", "labeller", "value"):
        said[question][labeller] = value
    return agreed(said)


# -- pieces ------------------------------------------------------------------------------------------------------
def _free(user: Any, now: datetime) -> Q:
    return Q(held_by=None) | Q(held_by=user) | Q(held_until__lt=now)


def _features(question: Question) -> list[UUID]:
    """Where an answer goes: the features that can learn it; [] when they are gone."""
    ids = features_of(question.part) if question.part else [question.feature]
    found = get_store().get([id for id in ids if id])
    return [feature.id for feature in found if question.part is None or teaches(feature.view, question.task.task)]


def _labels(question: Question, answers: list[Answer], features: list[UUID]) -> list[NewLabel]:
    return [
        _label(question, id, row.value, labeller_class(row.labeller))
        for row in answers
        if row.value != Value.UNSURE
        for id in features
    ]


def _label(question: Question, feature: UUID, value: str, labeller: str, withdrawn: bool = False) -> NewLabel:
    confidence = 0.0 if withdrawn else BLIND if question.part is None else 1.0
    # A source of its own: what is guessed from neighbours must not stand before what a moderator saw.
    source = Source.BLIND if question.part is None else Source.LABELLING
    today, policy = timezone.now().date(), current_policy()
    return NewLabel(feature, question.task.task, value, source, policy, today, confidence, withdrawn, labeller)


def labeller_class(user: Any) -> str:
    """ "moderator", "lead" …: all that the store hears of a person."""
    names = set(user.groups.values_list("name", flat=True))
    return next((str(role) for role in CLASSES if role in names), "")


def _tally(task: LabelTask, day: Any, value: str, by: int) -> None:
    row, _ = Tally.objects.get_or_create(task=task, day=day, value=value)
    Tally.objects.filter(id=row.id).update(count=F("count") + by)
