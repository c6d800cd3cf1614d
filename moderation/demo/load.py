"""Loads the plan through the very actions that production uses, then turns the clock of the older part back.

Nothing here sets a verdict or a decision: the prefilter looks, people's claims and decisions are made by the desk's
actions. Only times are moved afterwards, so that a new database already has a few days behind it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from brickmod.access.models import App, Role, User
from moderation.appeals.actions import appeal_rejection
from moderation.demo.agreeing import agree
from moderation.demo.plan import APPEAL, APPEALED, Planned
from moderation.desk import actions as desk
from moderation.desk.models import Decision, Outcome
from moderation.intake.actions import Upload, submit
from moderation.intake.models import DecidedBy, State, Submission
from moderation.prefilter import actions as prefilter

TOGETHER = 6  # so many are sent before they are looked at: well within the lease
Say = Callable[[str], None]


def missing(rows: Sequence[Planned]) -> list[Planned]:
    """Those of `rows` that are not in the database."""
    there = set(Submission.objects.filter(external_id__startswith="demo-").values_list("external_id", flat=True))
    return [row for row in rows if row.sending.external_id not in there]


def send(rows: Sequence[Planned], now: datetime, say: Say, look: bool) -> None:
    """Submit `rows`. With `look` they are looked at here and now (load the models first), else by the workers."""
    apps = {app.slug: app for app in App.objects.all()}
    for first in range(0, len(rows), TOGETHER):
        taken: list[UUID] = []
        for row in rows[first : first + TOGETHER]:
            taken += _send(apps[row.app], row, now, look)
        if look:
            prefilter.look(taken)
        say(f"{min(first + TOGETHER, len(rows))} of {len(rows)}")


def _send(app: App, row: Planned, now: datetime, look: bool) -> list[UUID]:
    """Submit one. When it is to be looked at here, it is leased in the same transaction, before a worker can."""
    sending, story = row.sending, row.sending.story
    upload = Upload(
        external_id=sending.external_id,
        author=sending.author,
        market=story.market,
        language=story.language,
        app_version=sending.app_version,
        title=story.title,
        text=story.text,
        hashtags=story.hashtags,
        images=sending.images(),
        videos=sending.videos(),
    )
    with transaction.atomic():
        submission, created = submit(app, upload)
        if not created:
            return []
        received = now - timedelta(minutes=row.minutes)
        Submission.objects.filter(id=submission.id).update(received_at=received)
        return prefilter.take(submission.id, limit=1) if look else []


def decide(rows: Sequence[Planned]) -> int:
    """People decide on what was looked at and waits, as planned. Returns on how many."""
    planned = {row.sending.external_id: row for row in rows}
    people = [User.objects.get(username=role.value) for role in (Role.MODERATOR, Role.MODERATOR, Role.LEAD)]
    decided = 0
    while True:
        person = people[decided % len(people)]
        # The most due come first, and those of the past are long due.
        submission = desk.claim_next(person)
        row = planned.get(submission.external_id) if submission else None
        if submission is None or row is None:
            desk.release(person)
            return decided
        if row.outcome == Outcome.APPROVE:
            desk.decide(person, submission, Outcome.APPROVE)
        else:
            desk.decide(person, submission, Outcome.REJECT, [row.outcome])
        decided += 1


def turn_back(rows: Sequence[Planned]) -> None:
    """Move what happened to `rows` to when it would have happened."""
    planned = {row.sending.external_id: row for row in rows}
    for submission in Submission.objects.filter(external_id__in=planned):
        looked = submission.received_at + timedelta(seconds=1.5)
        times: dict[str, datetime] = {"prefiltered_at": looked}
        if submission.decided_by == DecidedBy.PREFILTER:
            times |= {"decided_at": looked, "answer_at": looked}
        elif submission.decided_at is not None and submission.answer_at is not None:
            decided = submission.received_at + timedelta(minutes=planned[submission.external_id].wait)
            times |= {"decided_at": decided, "answer_at": decided + (submission.answer_at - submission.decided_at)}
            seconds = 5 + submission.id.int % 25
            Decision.objects.filter(submission=submission).update(
                decided_at=decided, shown_at=decided - timedelta(seconds=seconds)
            )
        Submission.objects.filter(id=submission.id).update(**times)


def appeal() -> bool:
    """One rejection of a person is appealed against. False where it was not made, or not rejected by a person."""
    rejected = {"external_id": APPEALED, "state": State.REJECTED, "decided_by": DecidedBy.MODERATOR}
    one = Submission.objects.filter(**rejected).select_related("app").first()
    return one is not None and appeal_rejection(one.app, one, APPEAL)[1]


def load_demo(rows: Sequence[Planned], say: Say, look: bool = False, history: bool = True) -> int:
    """Bring in what is missing. Returns how many submissions were made. `history` needs the models to be loaded."""
    now = timezone.now()
    new = missing(rows)
    earlier = [row for row in new if row.earlier] if history else []
    if earlier:
        send(earlier, now, lambda done: say(f"history: {done}"), look=True)
        decide(earlier)
        turn_back(earlier)
        appeal()
        agree(now)
    recent = [row for row in new if not row.earlier]
    send(recent, now, lambda done: say(f"uploads: {done}"), look=look)
    return len(earlier) + len(recent)
