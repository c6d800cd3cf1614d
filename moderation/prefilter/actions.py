"""What the prefilter does to submissions: take some, look at them, say what follows. Safe to do twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Prefetch, Q
from django.utils import timezone

from brickmod.outbox.actions import emit
from brickmod.outbox.models import EventType
from brickmod.web.metrics import SUBMISSIONS
from featurestore.heads.serving import serving
from featurestore.store import get_store
from featurestore.store.base import NewFeature
from moderation.authors.door import looked_at_first
from moderation.detectors.base import Box, Span
from moderation.detectors.base import Finding as Found
from moderation.feedback.texts import feedback_for, reasons_for
from moderation.intake.models import DecidedBy, Part, State, Submission
from moderation.intake.public import public
from moderation.intake.waiting import wake
from moderation.prefilter import keeping
from moderation.prefilter.challengers import Heads
from moderation.prefilter.executor import run
from moderation.prefilter.links import Kept, link
from moderation.prefilter.looking import PartLook, SubmissionLook
from moderation.prefilter.models import Finding
from moderation.prefilter.opening import open_submission
from moderation.prefilter.routes import place

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)
BATCH = 8  # so many that wait are encoded together
MAX_LOOKS = 3  # a submission that took three workers down with it is a person's work


def take(first: UUID | None, limit: int = BATCH) -> list[UUID]:
    """Lease submissions for this worker: `first` if it is still to be done, and others that wait. The ids that it won.

    1. Candidates are read without a lock. 2. One conditional UPDATE each sets the lease where the row is still
    analysing and nobody holds it: 1 row = won, 0 = somebody else was first.
    """
    now = timezone.now()
    free = Q(look_leased_until=None) | Q(look_leased_until__lt=now)
    candidates = [first] if first else []
    if first is None or limit > 1:
        candidates += [
            id for id in Submission.objects.due_for_prefilter(now).values_list("id", flat=True)[:limit] if id != first
        ][: limit - len(candidates)]
    won = []
    for id in candidates:
        if Submission.objects.filter(free, id=id, state=State.ANALYSING).update(
            look_leased_until=now + LEASE, looks=F("looks") + 1
        ):
            won.append(id)
        elif id == first:
            break  # another worker has it: its batch goes on there
    return won


def look(ids: list[UUID]) -> None:
    """Look at leased submissions whole and say what follows, each in a transaction of its own."""
    rows = list(
        Submission.objects.filter(id__in=ids, state=State.ANALYSING)
        .select_related("app")
        .prefetch_related(Prefetch("parts", Part.objects.select_related("submission")))
    )
    # After too many tries nothing is run any more: the submission goes to a person as it is.
    tired = [row for row in rows if row.looks > MAX_LOOKS]
    looks = [open_submission(row) for row in rows if row.looks <= MAX_LOOKS]
    heads = Heads(serving())
    run(looks, heads=heads)
    for done in looks:
        conclude(done)
    heads.tell()  # when the answers are out
    for row in tired:
        log.error("prefilter.gave_up", submission=str(row.id), looks=row.looks)
        conclude(SubmissionLook(row, []), gave_up=True)


def conclude(look: SubmissionLook, gave_up: bool = False) -> bool:
    """Write verdict, findings, features and event in one transaction. False: somebody else already had.

    Rejected only when a detector is sure, there is no video (a person always sees those) and it is not in the audit
    sample; everything else, errors too, waits for a person.
    """
    submission = look.submission
    now = timezone.now()
    reasons = look.reject_reasons
    rejected = look.settled
    kept: list[UUID] = []
    with _forgetting(kept), transaction.atomic():
        fields: dict[str, object] = {"prefiltered_at": now, "look_leased_until": None}
        if rejected:
            fields |= {
                "decided_by": DecidedBy.PREFILTER,
                "decided_at": now,
                "answer_at": now,
                "reasons": reasons_for(reasons, submission.language, submission.market),
                "feedback": feedback_for(reasons, submission.language, submission.market),
            }
        else:
            first = look.doubtful or gave_up or looked_at_first(submission)
            fields |= {"priority": 2 if look.at_once else 1 if first else 0, **place(submission, look.told)}
        new = State.REJECTED if rejected else State.QUEUED
        if not Submission.objects.move(submission.id, State.ANALYSING, new, **fields):
            return False
        submission.state = new
        for name, value in fields.items():
            setattr(submission, name, value)
        _keep_findings(look)
        drawn = _keep_pairs(look, rejected)
        if not rejected or drawn:
            kept += _keep_features(look)
        emit(submission.app, EventType.PREFILTERED, f"prefiltered:{submission.id}", submission.id, public(submission))
        transaction.on_commit(lambda: wake(submission.id))
    SUBMISSIONS.labels(status=new).inc()
    return True


def _keep_findings(look: SubmissionLook) -> None:
    """Those that count, and those that challengers made beside them: people compare the two while the pictures live."""
    Finding.every.bulk_create(
        [
            _row(part, made.finding, made.version, made.alias, made.ms, counted=True)
            for part in look.parts
            for made in part.made
        ]
        + [
            _row(part, one.finding, one.served.version, one.served.alias, one.ms, counted=False)
            for part in look.parts
            for one in part.beside
        ]
    )


def _row(part: PartLook, found: Found, version: str, alias: str, ms: float, counted: bool) -> Finding:
    return Finding(
        part=part.part,
        detector=found.detector,
        model_version=version,
        alias=alias,
        counted=counted,
        verdict=found.verdict,
        reason=found.reason,
        score=found.score,
        threshold=found.threshold,
        evidence=[_evidence(e) for e in found.evidence],
        note=found.note[:300],
        ms=round(ms, 2),
    )


def _evidence(e: Box | Span) -> dict[str, object]:
    if isinstance(e, Span):
        return {"start": e.start, "end": e.end, "label": e.label}
    place = {name: round(float(getattr(e, name)), 4) for name in ("x", "y", "w", "h")}
    return {**place, "label": e.label, "score": round(float(e.score), 3)}


def _keep_pairs(look: SubmissionLook, rejected: bool) -> bool:
    """Is it drawn to be looked at again? What is kept to compare heads never stands in the way of an answer."""
    try:
        with transaction.atomic():
            return keeping.keep(look, rejected)
    except Exception as error:
        log.exception("prefilter.pairs_lost", submission=str(look.submission.id), error=type(error).__name__)
        return False


@contextmanager
def _forgetting(features: list[UUID]) -> Iterator[None]:
    """If what is done with these fails, they go: a store that joins no transaction has them still, and no link leads
    to them."""
    try:
        yield
    except BaseException:
        if features:
            get_store().forget(features)
        raise


def _keep_features(look: SubmissionLook) -> list[UUID]:
    day, market = timezone.now().date(), look.submission.market
    parts, features = [], []
    for part in look.parts:
        for encoder, view, vector in part.vectors:
            parts.append(part.part)
            features.append(NewFeature(encoder, view, vector, market, day))
    ids = get_store().put(features)
    link([Kept(*row) for row in zip(parts, features, ids, strict=True)])
    return ids
