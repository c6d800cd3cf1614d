"""What happened to one submission, from upload to answer. Rooms above add what they know of it when Django starts."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.utils.translation import ngettext

from brickmod.access.models import AuditEvent, Verb
from brickmod.outbox.models import Delivery, Event, EventType
from moderation.desk.models import Decision, Escalation, Park
from moderation.intake.models import DecidedBy, State, Submission
from moderation.prefilter.models import Finding, Recheck

TOLD: dict[str, str] = {
    EventType.PREFILTERED: N_("what the prefilter found"),
    EventType.DECIDED: N_("the decision"),
    EventType.APPEALED: N_("the answer to the appeal"),
}
# What the audit trail knows better than any table. The others have rows of their own, which say more.
TRAIL: dict[str, str] = {
    Verb.CLAIM: N_("Shown to a moderator"),
    Verb.SKIP: N_("Passed on"),
    Verb.ROUTE: N_("Moved"),
}


@dataclass(frozen=True)
class Moment:
    """`kind`: one word for machines. `more`: the rest, for who wants it."""

    at: datetime
    what: str
    who: str = ""
    more: str = ""
    kind: str = ""


Teller = Callable[[Submission], Iterable[Moment]]
_also: list[Teller] = []


def also(teller: Teller) -> Teller:
    """A room above the desk registers here what it knows of a submission."""
    if teller not in _also:
        _also.append(teller)
    return teller


def timeline(submission: Submission) -> list[Moment]:
    """Oldest first. As many queries however much happened."""
    found = [Moment(submission.received_at, _("Received"), submission.app.name, _version(submission), "received")]
    found += _looked(submission)
    for event in AuditEvent.objects.filter(
        kind="submission", object_id=str(submission.trail), verb__in=list(TRAIL)
    ).select_related("user"):
        found.append(Moment(event.at, _(TRAIL[event.verb]), name_of(event.user), _moved(event), event.verb))
    found += _rechecked(submission)
    for decision in Decision.objects.filter(submission=submission).select_related("moderator", "reversed_by"):
        found += _decided(decision)
    for parked in Park.objects.filter(submission=submission).select_related("moderator"):
        found.append(Moment(parked.at, _("Set aside"), name_of(parked.moderator), _note(parked.note), "park"))
    for passed in Escalation.objects.filter(submission=submission).select_related("moderator"):
        says = _("Passed on to the queue %(queue)s: receipt %(receipt)s")
        what = says % {"queue": passed.to_queue, "receipt": passed.receipt}
        found.append(Moment(passed.at, what, name_of(passed.moderator), _note(passed.note), "escalate"))
    found += _answers(submission)
    for teller in _also:
        found += teller(submission)
    return sorted(found, key=lambda moment: moment.at)


def name_of(user: Any) -> str:
    return (user.get_full_name() or user.get_username()) if user else ""


def _looked(submission: Submission) -> list[Moment]:
    """One moment for all passes, one for each thing that was found."""
    if not submission.prefiltered_at:
        return []
    findings = list(Finding.objects.filter(part__submission=submission).select_related("part").order_by("id"))
    passes = Counter(found.detector for found in findings if found.verdict == "pass")
    more = _("passed: %(names)s") % {"names": ", ".join(sorted(passes))} if passes else ""
    moments = [Moment(submission.prefiltered_at, _prefiltered(submission), _("the prefilter"), more, "prefiltered")]
    for found in findings:
        if found.verdict != "pass":
            says = _("Found in %(part)s: %(reason)s (%(verdict)s)")
            reason = found.reason or _("nothing, it failed")
            what = says % {"part": found.part.name, "reason": reason, "verdict": found.verdict}
            limit = _("limit %(limit)s") % {"limit": f"{found.threshold:.2f}"}
            model = f"{found.score:.2f}, {limit}, {found.model_version} ({found.alias})"
            at = min(found.made_at, submission.prefiltered_at)
            moments.append(Moment(at, what, found.detector, model, "finding"))
    return moments


def _rechecked(submission: Submission) -> list[Moment]:
    """A rejection of the detectors that was drawn, and what a person said of it."""
    recheck = Recheck.objects.filter(submission=submission).select_related("answered_by").first()
    if recheck is None:
        return []
    found = [
        Moment(recheck.drawn_at, _("Rejected, and drawn to be looked at again"), _("the prefilter"), "", "recheck")
    ]
    if recheck.answer and recheck.answered_at:
        what = _("Looked at again: %(answer)s") % {"answer": recheck.get_answer_display()}
        found.append(Moment(recheck.answered_at, what, name_of(recheck.answered_by), "", "recheck"))
    return found


def _version(submission: Submission) -> str:
    return _("app version %(version)s") % {"version": submission.app_version} if submission.app_version else ""


def _prefiltered(submission: Submission) -> str:
    rejected = submission.decided_by == DecidedBy.PREFILTER and submission.state == State.REJECTED
    return _("Rejected by the detectors") if rejected else _("Looked at by the detectors")


def _moved(event: AuditEvent) -> str:
    """What was skipped says why; what was moved says from where to where."""
    new, old = event.new or {}, event.old or {}
    if event.verb != Verb.ROUTE:
        return str(new.get("why", ""))
    return ", ".join(f"{name} {old.get(name, '–')} → {new[name]}" for name in ("queue", "priority") if name in new)


def _note(text: str) -> str:
    return f"“{text.strip()}”" if text.strip() else ""


def _decided(decision: Decision) -> list[Moment]:
    who = name_of(decision.moderator)
    why = f" ({', '.join(decision.reasons)})" if decision.reasons else ""
    seconds = (decision.decided_at - decision.shown_at).total_seconds() if decision.shown_at else None
    more = [_("policy %(n)d") % {"n": decision.policy}]
    if seconds is not None:
        more.append(_("%(n)d s on the screen") % {"n": round(seconds)})
    more += [note] if (note := _note(decision.note)) else []
    what = f"{capfirst(decision.get_outcome_display())}{why}"
    if decision.on_appeal:
        what = _("On appeal: published after all")
    elif decision.reverses_id:
        what = _("Reversed: %(outcome)s after all") % {"outcome": decision.get_outcome_display()} + why
    found = [Moment(decision.decided_at, what, who, " · ".join(more), "decision")]
    if decision.undone_at:
        found.append(Moment(decision.undone_at, _("Undone"), who, "", "undo"))
    return found


def _tries(n: int) -> str:
    return ngettext("%(n)d try", "%(n)d tries", n) % {"n": n}


def _answers(submission: Submission) -> list[Moment]:
    """What the app was told, with what its server answered; what it was not told, and why."""
    found = []
    deliveries = Delivery.objects.filter(event__subject=str(submission.id)).select_related("event", "endpoint__app")
    sent = list(deliveries)
    for event in Event.objects.filter(subject=str(submission.id)):
        told = _(TOLD.get(event.type, event.type))
        if event.cancelled_at:
            found.append(
                Moment(event.cancelled_at, _("Not told: %(what)s, taken back") % {"what": told}, "", "", "cancelled")
            )
        elif not any(delivery.event_id == event.id for delivery in sent):
            says = _("no endpoint of the app asks for it") if event.spread_at else _("not sent yet")
            found.append(Moment(event.not_before, _("The app may hear %(what)s") % {"what": told}, "", says, "answer"))
    return found + [_told(delivery) for delivery in sent]


def _told(delivery: Delivery) -> Moment:
    told = _(TOLD.get(delivery.event.type, delivery.event.type))
    app = delivery.endpoint.app.name
    status = [f"HTTP {delivery.last_status}"] if delivery.last_status else []
    if delivery.delivered_at:
        tries = _tries(delivery.tries) if delivery.tries > 1 else ""
        more = ", ".join(filter(None, [*status, tries]))
        return Moment(delivery.delivered_at, _("The app heard %(what)s") % {"what": told}, app, more, "delivery")
    tries = _tries(delivery.tries) if delivery.tries else _("not sent yet")
    says = [delivery.last_error or _("no answer yet")] if delivery.tries else []
    what = _("The app is to hear %(what)s: %(state)s") % {"what": told, "state": delivery.get_state_display()}
    return Moment(delivery.event.not_before, what, app, ", ".join([tries, *status, *says]), "delivery")
