"""What happens to drafts: written, scheduled by a person who may, put in force at their time. A transaction a verb."""

from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brickmod.access.audit import record
from brickmod.access.models import Verb
from moderation.desk.door import may
from moderation.feedback import content, shipped
from moderation.feedback.actions import new_policy
from moderation.feedback.models import FeedbackText, MarketRule, Policy, Reason
from moderation.policies.changing import Change, Place, merge, overtaken, value
from moderation.policies.models import Draft, DraftState

log = structlog.get_logger(__name__)

WRITE = "policies.write"
PUBLISH = "policies.publish"


class NotDone(Exception):
    """Nothing was changed; the text says why, for a person."""


def begin(user: Any, title: str) -> Draft:
    may(user, WRITE)
    if not title.strip():
        raise NotDone(_("Give it a name."))
    return Draft.objects.create(title=title.strip()[:120], made_by=user)


@transaction.atomic
def write(user: Any, draft: Draft, values: dict[Place, Any]) -> Draft:
    """Put `values` into the draft. What is as it is in force is no change. Raises NotDone, KeyError for no place."""
    may(user, WRITE)
    row = _locked(draft, DraftState.DRAFT)
    now = content.read()
    more = [Change(place, value(now, place), new) for place, new in values.items()]
    row.changes = [change.as_json() for change in merge(row.all_changes, more)]
    row.problem = ""
    row.save(update_fields=["changes", "problem"])
    return row


@transaction.atomic
def schedule(user: Any, draft: Draft, at: datetime) -> Draft:
    """A person who may says from when on it holds. Raises NotDone when it is empty or overtaken."""
    may(user, PUBLISH)
    row = _locked(draft, DraftState.DRAFT)
    if not row.changes:
        raise NotDone(_("It changes nothing yet."))
    if problem := _overtaken(row):
        raise NotDone(problem)
    row.state, row.effective_at, row.scheduled_by, row.problem = DraftState.SCHEDULED, at, user, ""
    row.save(update_fields=["state", "effective_at", "scheduled_by", "problem"])
    record(Verb.POLICY, "draft", row.id, user=user, new={"state": row.state, "effective_at": at.isoformat()})
    if at <= timezone.now():
        publish(row)
    return row


@transaction.atomic
def back(user: Any, draft: Draft) -> Draft:
    """A scheduled draft is being written again."""
    may(user, PUBLISH)
    row = _locked(draft, DraftState.SCHEDULED)
    row.state, row.effective_at, row.scheduled_by = DraftState.DRAFT, None, None
    row.save(update_fields=["state", "effective_at", "scheduled_by"])
    record(Verb.POLICY, "draft", row.id, user=user, old={"state": DraftState.SCHEDULED}, new={"state": row.state})
    return row


@transaction.atomic
def withdraw(user: Any, draft: Draft) -> None:
    may(user, WRITE)
    row = _locked(draft, DraftState.DRAFT)
    row.state = DraftState.WITHDRAWN
    row.save(update_fields=["state"])
    record(Verb.POLICY, "draft", row.id, user=user, new={"state": row.state})


def publish_due() -> int:
    """Put in force what is due, each in a transaction of its own. Safe to do twice. Returns how many."""
    done = 0
    due = Draft.objects.filter(state=DraftState.SCHEDULED, effective_at__lte=timezone.now()).order_by("effective_at")
    for draft in due:
        try:
            done += publish(draft) is not None
        except NotDone:
            log.info("policies.published_elsewhere", draft=str(draft.id))
    return done


@transaction.atomic
def publish(draft: Draft) -> Policy | None:
    """A scheduled draft becomes a policy. Raises NotDone when it is not scheduled any more.

    What somebody else changed meanwhile is not written over: it is a draft again, with the reason on it. None then.
    """
    row = _locked(draft, DraftState.SCHEDULED)
    if problem := _overtaken(row):
        row.state, row.effective_at, row.scheduled_by, row.problem = DraftState.DRAFT, None, None, problem
        row.save(update_fields=["state", "effective_at", "scheduled_by", "problem"])
        record(Verb.POLICY, "draft", row.id, new={"state": row.state, "problem": problem})
        return None
    for change in row.all_changes:
        _put(change)
    policy = new_policy(row.title, user=row.scheduled_by)
    row.state, row.policy = DraftState.PUBLISHED, policy
    row.save(update_fields=["state", "policy"])
    record(Verb.POLICY, "draft", row.id, user=row.scheduled_by, new={"state": row.state, "policy": policy.version})
    draft.refresh_from_db()
    return policy


def _put(change: Change) -> None:
    place, new = change.place, change.new
    if place.kind == "reason":
        Reason.objects.filter(code=place.subject).update(**{place.field: new, "edited": True})
    elif place.kind == "market":
        MarketRule.objects.update_or_create(reason_id=place.subject, market=place.in_, defaults={place.field: new})
    else:
        of = (
            {"occasion": place.subject, "reason": None}
            if place.subject in shipped.OCCASIONS
            else {"reason_id": place.subject}
        )
        FeedbackText.objects.update_or_create(**of, language=place.in_, defaults={place.field: new, "edited": True})


def _overtaken(row: Draft) -> str:
    changed = overtaken(content.read(), row.all_changes)
    names = ", ".join(dict.fromkeys(f"{c.place.subject} {c.place.in_}".strip() for c in changed))
    return f"Somebody else has changed since: {names}. Look at it again."[:300] if changed else ""


def _locked(draft: Draft, state: str) -> Draft:
    row: Draft | None = Draft.objects.select_for_update().filter(id=draft.id, state=state).first()
    if row is None:
        raise NotDone(_("It has changed since: load the page again."))
    return row
