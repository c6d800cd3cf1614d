"""What happened to one submission, from upload to answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from brickmod.access.models import AuditEvent, Verb
from brickmod.outbox.models import Delivery, Event, EventType
from moderation.desk.models import Decision
from moderation.intake.models import DecidedBy, State, Submission
from moderation.prefilter.models import Recheck

TOLD: dict[str, str] = {EventType.PREFILTERED: "what the prefilter found", EventType.DECIDED: "the decision"}


@dataclass(frozen=True)
class Moment:
    at: datetime
    what: str
    who: str = ""
    more: str = ""


def timeline(submission: Submission) -> list[Moment]:
    """Oldest first. Five queries, however much happened."""
    found = [Moment(submission.received_at, "Received", submission.app.name, _version(submission))]
    if submission.prefiltered_at:
        found.append(Moment(submission.prefiltered_at, _prefiltered(submission), "the prefilter"))
    trail = AuditEvent.objects.filter(
        kind="submission", object_id=str(submission.trail), verb__in=[Verb.CLAIM, Verb.SKIP]
    )
    for event in trail.select_related("user"):
        what = "Shown to a moderator" if event.verb == Verb.CLAIM else "Passed on"
        found.append(Moment(event.at, what, _name(event.user)))
    if (recheck := Recheck.objects.filter(submission=submission).select_related("answered_by").first()) is not None:
        found += _rechecked(recheck)
    for decision in Decision.objects.filter(submission=submission).select_related("moderator"):
        found += _decided(decision)
    for answer in Event.objects.filter(subject=str(submission.id)):
        if answer.cancelled_at:
            found.append(Moment(answer.cancelled_at, f"Not told: {TOLD.get(answer.type, answer.type)}, taken back"))
    deliveries = Delivery.objects.filter(event__subject=str(submission.id)).select_related("event", "endpoint__app")
    found += [_told(delivery) for delivery in deliveries]
    return sorted(found, key=lambda moment: moment.at)


def _rechecked(recheck: Recheck) -> list[Moment]:
    """A rejection of the detectors that was drawn, and what a person said of it."""
    found = [Moment(recheck.drawn_at, "Rejected, and drawn to be looked at again", "the prefilter")]
    if recheck.answer and recheck.answered_at:
        what = f"Looked at again: {recheck.get_answer_display()}"
        found.append(Moment(recheck.answered_at, what, _name(recheck.answered_by)))
    return found


def _version(submission: Submission) -> str:
    return f"app version {submission.app_version}" if submission.app_version else ""


def _prefiltered(submission: Submission) -> str:
    rejected = submission.decided_by == DecidedBy.PREFILTER and submission.state == State.REJECTED
    return "Rejected by the detectors" if rejected else "Looked at by the detectors"


def _decided(decision: Decision) -> list[Moment]:
    who = _name(decision.moderator)
    why = f" ({', '.join(decision.reasons)})" if decision.reasons else ""
    seconds = (decision.decided_at - decision.shown_at).total_seconds() if decision.shown_at else None
    more = [f"policy {decision.policy}"] + ([f"{seconds:.0f} s on the screen"] if seconds is not None else [])
    note = [f"“{decision.note}”"] if decision.note else []
    found = [
        Moment(decision.decided_at, f"{decision.get_outcome_display().capitalize()}{why}", who, " · ".join(more + note))
    ]
    if decision.undone_at:
        found.append(Moment(decision.undone_at, "Undone", who))
    if decision.on_appeal:
        found[0] = Moment(decision.decided_at, "On appeal: published after all", who, " · ".join(more + note))
    return found


def _told(delivery: Delivery) -> Moment:
    told = TOLD.get(delivery.event.type, delivery.event.type)
    app = delivery.endpoint.app.name
    if delivery.delivered_at:
        return Moment(delivery.delivered_at, f"The app heard {told}", app)
    tries = f"{delivery.tries} tries, {delivery.last_error or 'no answer yet'}" if delivery.tries else "not sent yet"
    return Moment(delivery.event.not_before, f"The app is to hear {told}: {delivery.get_state_display()}", app, tries)


def _name(user: Any) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""
