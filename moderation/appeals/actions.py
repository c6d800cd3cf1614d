"""An appeal is made by the app, once for a decision, and decided by another person. One transaction a function."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brickmod.access.audit import record
from brickmod.access.models import App, Verb
from brickmod.outbox.actions import emit
from brickmod.outbox.models import EventType
from featurestore.models import Source
from moderation.appeals.models import Appeal, AppealRule, Outcome, rule_for, within
from moderation.appeals.public import public
from moderation.authors.actions import withdraw_strike
from moderation.authors.measures import NotDone, lift
from moderation.authors.models import End, Measure, MeasureState
from moderation.desk.door import may, submission_for
from moderation.desk.errors import DeskError
from moderation.desk.models import Decision
from moderation.desk.models import Outcome as Decided
from moderation.feedback import shipped
from moderation.feedback.texts import current_policy, told_at
from moderation.intake.models import DecidedBy, State, Submission
from moderation.intake.public import public as public_submission
from moderation.prefilter.learned import teach
from moderation.prefilter.models import Finding

DECIDE = "appeals.decide"
RATES = "appeals.see_rates"
TELLS: dict[str, str] = {Outcome.KEPT: shipped.APPEAL_KEPT, Outcome.CHANGED: shipped.APPEAL_CHANGED}


class CannotAppeal(Exception):
    """Nothing was made. `code` is for the app: not_rejected, not_in_force, too_late, appealed_before, final."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class NotDecided(DeskError):
    """Nothing was changed: it is decided, it is against a decision of one's own, or what it is about has changed."""


def appeal_rejection(app: App, submission: Submission, words: str) -> tuple[Appeal, bool]:
    """The app appeals against the rejection of `submission`. (appeal, True), or the one made before and False.

    The app must have heard of the rejection: one that can still be undone is none yet. Raises CannotAppeal.
    """
    now = timezone.now()
    with transaction.atomic():
        row = Submission.objects.select_for_update(of=("self",)).select_related("app").get(id=submission.id, app=app)
        if row.held:
            raise CannotAppeal("final", "This decision is final.")
        if row.public_state(now) != State.REJECTED or row.decided_at is None:
            raise CannotAppeal("not_rejected", "This submission is not rejected.")
        decision = Decision.objects.standing().filter(submission=row).first()
        same = Appeal.objects.filter(submission=row, decision=decision)
        if (there := same.first()) is not None:
            return _same(there, words), False
        rule = rule_for(row.market)
        _in_time(rule, row.decided_at, now)
        codes = [str(reason["code"]) for reason in row.reasons]
        made = Appeal.objects.create(
            submission=row,
            decision=decision,
            words=words,
            made_at=now,
            due_at=now + timedelta(hours=rule.hours),
            reasons=codes,
            detectors=_pointed(row, codes),
            policy=decision.policy if decision else current_policy(),
            market=row.market,
            language=row.language,
            first_by=decision.moderator if decision else None,
        )
        record(Verb.APPEAL, "submission", row.trail, app=app, new={"outcome": Outcome.OPEN})
    return made, True


def appeal_measure(app: App, id: UUID, words: str) -> tuple[Appeal, bool]:
    """The app appeals against what followed for an author. Raises CannotAppeal, and Measure.DoesNotExist."""
    now = timezone.now()
    with transaction.atomic():
        rows = Measure.objects.select_for_update(of=("self",)).select_related("author")
        row = rows.exclude(state=MeasureState.PROPOSED).exclude(since=None).get(id=id, author__app=app)
        if (there := Appeal.objects.filter(measure=row).first()) is not None:
            return _same(there, words), False
        if not Measure.objects.in_force(now).filter(id=row.id).exists() or row.since is None:
            raise CannotAppeal("not_in_force", "This is not in force any more.")
        rule = rule_for(row.author.market)
        _in_time(rule, row.since, now)
        made = Appeal.objects.create(
            measure=row,
            words=words,
            made_at=now,
            due_at=now + timedelta(hours=rule.hours),
            reasons=row.reasons,
            policy=row.policy,
            market=row.author.market,
            language=row.author.language,
            first_by=row.asked_by,
            second_by=row.agreed_by,
        )
        record(Verb.APPEAL, "author", row.author_id, app=app, new={"outcome": Outcome.OPEN})
    return made, True


def _same(there: Appeal, words: str) -> Appeal:
    if there.words != words:
        raise CannotAppeal("appealed_before", "There was an appeal against this decision before, with other words.")
    return there


def _in_time(rule: AppealRule, decided_at: datetime, now: datetime) -> None:
    if not within(rule, decided_at, now):
        raise CannotAppeal("too_late", f"An appeal can be made within {rule.days} days of the decision.")


def _pointed(row: Submission, codes: Sequence[str]) -> list[str]:
    found = Finding.objects.filter(part__submission=row, reason__in=codes, verdict__in=["reject", "flag"])
    return sorted(set(found.values_list("detector", flat=True)))


@transaction.atomic
def decide(user: Any, id: UUID, outcome: str, note: str) -> Appeal:
    """Another person says: it stays, or it was wrong. Final, and told at once.

    1. The submission is locked (who writes about it comes here first), then the appeal. 2. Kept: nothing but the
    answer. Changed: the first decision is replaced by this person's, its strike is withdrawn; a measure is lifted.
    3. Labels of the source "appeal", the trail, and the event. The same answer again changes nothing.
    Raises NotDecided.
    """
    may(user, DECIDE)
    outcome = Outcome(outcome)
    if outcome == Outcome.OPEN or not note.strip():
        raise NotDecided(_("Say what you decide, and why."))
    known = Appeal.objects.filter(id=id).first()
    if known is None:
        raise NotDecided(_("This appeal is not there any more."))
    row = _locked(user, known)
    appeal = Appeal.objects.select_for_update(of=("self",)).select_related("measure__author__app").get(id=id)
    if appeal.outcome != Outcome.OPEN:
        if (appeal.outcome, appeal.decided_by_id) == (outcome, user.pk):
            return appeal
        raise NotDecided(_("This appeal is decided already."))
    if user.pk in (appeal.first_by_id, appeal.second_by_id):
        raise NotDecided(_("Another person decides: this is against a decision of yours."))
    now = timezone.now()
    appeal.outcome, appeal.decided_by, appeal.decided_at, appeal.note = outcome, user, now, note.strip()
    appeal.feedback = told_at(TELLS[outcome], appeal.language, appeal.market)
    if row is not None:
        appeal.labels = _answer_rejection(user, row, appeal, now)
    elif outcome == Outcome.CHANGED and appeal.measure is not None:
        _lift(user, appeal.measure, note)
    appeal.save(update_fields=["outcome", "decided_by", "decided_at", "note", "feedback", "labels"])
    _tell(user, row, appeal)
    return appeal


def _locked(user: Any, appeal: Appeal) -> Submission | None:
    if appeal.submission_id is None:
        return None
    try:
        return submission_for(user, appeal.submission_id, DECIDE, lock=True)
    except Submission.DoesNotExist:
        raise NotDecided(_("What it is about was withdrawn.")) from None


def _answer_rejection(user: Any, row: Submission, appeal: Appeal, now: datetime) -> int:
    """Returns how many labels were written: none when the window of its features has closed."""
    if row.state != State.REJECTED:
        raise NotDecided(_("What it is about is not rejected any more."))
    if appeal.outcome == Outcome.KEPT:
        return teach(row, Decided.REJECT, appeal.reasons, current_policy(), Source.APPEAL)
    first = appeal.decision
    if first is not None:
        # First the old one ends: while it stands, the database lets nobody move the submission.
        if not Decision.objects.standing().filter(id=first.id).update(reversed_at=now, reversed_by=user):
            raise NotDecided(_("The decision that it is against stands no more."))
        withdraw_strike(first.id, "overturned on appeal", user)
    _publish(user, row, appeal, now)
    try:
        with transaction.atomic():
            made = Decision.objects.create(
                id=uuid4(),
                submission=row,
                moderator=user,
                outcome=Decided.APPROVE,
                policy=current_policy(),
                note=appeal.note,
                decided_at=now,
                on_appeal=True,
                reverses=first,
            )
    except IntegrityError:
        raise NotDecided(_("Somebody else decided on it meanwhile.")) from None
    emit(row.app, EventType.DECIDED, f"decided:{made.id}", row.id, public_submission(row, at=now))
    return teach(row, Decided.APPROVE, [], current_policy(), Source.APPEAL)


def _publish(user: Any, row: Submission, appeal: Appeal, now: datetime) -> None:
    """Through the queue, as every approval goes; nobody else can see it there."""
    fields: dict[str, Any] = {
        "decided_by": DecidedBy.MODERATOR,
        "reasons": [],
        "feedback": appeal.feedback,
        "decided_at": now,
        "answer_at": now,
    }
    moved = Submission.objects.move(row.id, State.REJECTED, State.QUEUED, decided_by=None)
    if not moved or not Submission.objects.move(row.id, State.QUEUED, State.APPROVED, **fields):
        raise NotDecided(_("What it is about is not rejected any more."))
    for name, value in (fields | {"state": State.APPROVED}).items():
        setattr(row, name, value)


def _lift(user: Any, measure: Measure, note: str) -> None:
    try:
        lift(user, measure, note, how=End.APPEAL)
    except NotDone as error:
        raise NotDecided(str(error)) from None


def _tell(user: Any, row: Submission | None, appeal: Appeal) -> None:
    measure = appeal.measure
    if row is not None:
        kind, trail, subject, app = "submission", row.trail, row.id, row.app
    else:
        assert measure is not None
        kind, trail, subject, app = "author", measure.author_id, measure.author_id, measure.author.app
    record(Verb.APPEAL, kind, trail, user=user, old={"outcome": Outcome.OPEN}, new={"outcome": appeal.outcome})
    emit(app, EventType.APPEALED, f"appeal:{appeal.id}", subject, public(appeal))
