"""What a decision teaches: labels for the features of the parts that were decided on.

Approved: every task of every view hears "no". Rejected: the tasks of its reasons hear "yes", for the parts that the
detectors pointed at, else for all parts of the kind; about the other tasks nothing is known, so nothing is said.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from uuid import UUID

from django.utils import timezone

from featurestore.models import View
from featurestore.store import get_store
from featurestore.store.base import NewLabel
from moderation.feedback.models import Reason
from moderation.intake.models import Part, Submission
from moderation.prefilter import pairing
from moderation.prefilter.links import features_of
from moderation.prefilter.models import Unsettled

# Which tasks a vector of this view can teach. An approval says "no" to each of these.
TASKS: dict[str, tuple[str, ...]] = {
    View.PICTURE: ("face", "nudity", "quality"),
    View.FACE: ("face",),
    View.TEXT: ("profanity",),
}
# These have no head yet. Their rare rejections are kept; that every approval is a "no" can be told from the others.
NO_HEAD_YET: dict[str, tuple[str, ...]] = {
    View.PICTURE: ("pii", "violence", "advert"),
    View.FACE: (),
    View.TEXT: ("pii", "violence", "advert", "self_harm", "grooming"),
}
YES, NO = "yes", "no"


def teach(
    submission: Submission,
    outcome: str,
    reasons: list[str],
    policy: int,
    source: str = "moderator",
    meant: Mapping[str, Collection[UUID]] = MappingProxyType({}),
    fine: Collection[UUID] = (),
) -> int:
    """Label the submission's features (in the caller's transaction). Returns how many labels were written.

    `meant`: reason -> the parts for which the person said that it holds; they count before what detectors pointed at.
    `fine`: parts of something rejected of which the person said that nothing is wrong with them.
    """
    rejected = outcome == "reject"
    tasks = set(Reason.objects.filter(code__in=reasons).values_list("task", flat=True)) - {""} if rejected else set()
    parts = list(submission.parts.prefetch_related("findings"))
    pointed = {task: _meant(meant, task) or _pointed_at(parts, task) for task in tasks}
    labels = []
    for part in parts:
        for feature, view in _views(features_of(part)):
            for task in TASKS[view] + (NO_HEAD_YET[view] if rejected else ()):
                if not rejected or (part.id in fine and task in TASKS[view]):
                    value, confidence = NO, 1.0
                elif task in tasks and (not pointed[task] or part.id in pointed[task]):
                    # Which of several parts was meant is a guess when no detector pointed at one.
                    value, confidence = YES, 1.0 if pointed[task] or len(parts) == 1 else 0.7
                else:
                    continue
                labels.append(NewLabel(feature, task, value, source, policy, timezone.now().date(), confidence))
    get_store().label(labels)
    pairing.label(submission, outcome, reasons)
    return len(labels)


def deny(submission: Submission, reasons: list[str], policy: int, source: str) -> int:
    """Label its features with "no" for the tasks of these reasons: a person says that it was rejected wrongly."""
    tasks = set(Reason.objects.filter(code__in=reasons).values_list("task", flat=True))
    today = timezone.now().date()
    features = _views(features_of(list(submission.parts.all())))
    labels = [
        NewLabel(id, task, NO, source, policy, today, 1.0)
        for id, view in features
        for task in TASKS[view]
        if task in tasks
    ]
    get_store().label(labels)
    pairing.deny(submission, reasons)
    return len(labels)


def unteach(submission: Submission, source: str = "moderator") -> int:
    """Take back what this source said of the submission's features (evidence stays, marked as withdrawn)."""
    store, today = get_store(), timezone.now().date()
    evidence = store.said(features_of(list(submission.parts.all())))
    said = dict.fromkeys((old.feature, old.task) for old in evidence if old.source == source and not old.withdrawn)
    labels = [NewLabel(feature, task, NO, source, 0, today, 0.0, withdrawn=True) for feature, task in said]
    store.label(labels)
    pairing.unlabel(submission)
    return len(labels)


def _meant(meant: Mapping[str, Collection[UUID]], task: str) -> set[UUID]:
    codes = set(Reason.objects.filter(task=task, code__in=list(meant)).values_list("code", flat=True)) if meant else ()
    return {part for code in codes for part in meant[code]}


def _pointed_at(parts: list[Part], task: str) -> set[UUID]:
    """The parts of which a detector of this task said that something is there."""
    codes = set(Reason.objects.filter(task=task).values_list("code", flat=True))
    return {
        part.id for part in parts for f in part.findings.all() if f.verdict in {"flag", "reject"} and f.reason in codes
    }


def _views(features: list[UUID]) -> list[tuple[UUID, str]]:
    return [(feature.id, feature.view) for feature in get_store().get(features)] if features else []


def forget(submission: Submission) -> dict[str, int]:
    """Take a submission's features out of the store while the link still leads there (in the erasing transaction).
    Returns how many, as {"features": n}."""
    features = features_of(list(submission.parts.all()))
    Unsettled.objects.filter(feature__in=features).delete()
    return {"features": get_store().forget(features)}
