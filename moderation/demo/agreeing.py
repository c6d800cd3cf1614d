"""What the demo's people said of the same: second looks, a month's set, known cases. By the actions that production
uses; only times are moved afterwards. Two of the differences wait for a lead, some second looks for whoever looks."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from brickmod.access.models import Role, User
from moderation.agreement import calibration, known, second
from moderation.agreement.calibration import month_of
from moderation.agreement.models import (
    CalibrationAnswer,
    CalibrationSet,
    DrawnUntil,
    KnownAnswer,
    KnownCase,
    SecondLook,
    Where,
)
from moderation.desk.models import Decision, Outcome
from moderation.intake.models import Submission

AS_OTHERS = 0.85  # so often somebody says what was decided
OPEN = 3  # second looks that are left to whoever looks at the demo
WHY = {
    "personal_data": "It says where somebody can be met. The words are friendly, and that is what makes them work.",
    "advert": "It sends children to buy something. That it looks like a tip does not change it.",
    "not_a_build": "There is not one brick in the picture.",
    "bad_picture": "Nothing can be seen in it: neither good nor bad.",
    "rude": "The words are meant to hurt, however they are spelt.",
}


def agree(now: datetime) -> None:
    """When the past is decided. Safe to run again: what is there stays."""
    mia, leo, ada = (User.objects.get(username=role.value) for role in (Role.MODERATOR, Role.LEAD, Role.ADMIN))
    if KnownCase.objects.exists() or CalibrationSet.objects.exists():
        return
    rng = Random(2024)
    _known(ada, (mia, leo), rng, now)
    _month((mia, leo, ada), rng, now)
    _second((ada, leo), rng, now)  # the differences of the other two are for the lead to settle


def _known(maker: Any, people: tuple[Any, ...], rng: Random, now: datetime) -> None:
    rows = Submission.objects.filter(external_id__startswith="demo-", state="rejected").order_by("external_id")
    for row in rows:
        codes = [str(reason["code"]) for reason in row.reasons if reason["code"] in WHY]
        if codes and row.public_state() == row.state:
            known.make(maker, row, Outcome.REJECT, codes, WHY[codes[0]])
    for person in people:
        for where, n in ((Where.GRID, 4), (Where.DESK, 3)):
            for put in known.put(person, where, KnownCase.objects.usable(), n):
                right = rng.random() < AS_OTHERS
                outcome = put.case.outcome if right else Outcome.APPROVE
                known.answer(put, outcome, put.case.reasons if right and where == Where.DESK else None)
                at = now - timedelta(days=rng.uniform(0.5, 6))
                KnownAnswer.objects.filter(pk=put.pk).update(put_at=at - timedelta(seconds=40), closed_at=at)


def _month(people: tuple[Any, ...], rng: Random, now: datetime) -> None:
    """Last month's set, that all have done; this month's is drawn at night, or by a lead."""
    last = month_of(now.date()) - timedelta(days=1)
    made = calibration.draw(last, size=14)
    if made is None:
        return
    at = datetime(last.year, last.month, 20, 10, tzinfo=now.tzinfo)
    for item in made.items.all():
        decision = Decision.objects.standing().filter(submission=item.submission).first()
        for n, person in enumerate(people):
            outcome, reasons = _said(decision, item.submission, rng)
            CalibrationAnswer.objects.get_or_create(
                item=item,
                person=person,
                defaults={"outcome": outcome, "reasons": reasons, "at": at + timedelta(minutes=item.position, hours=n)},
            )


def _second(people: tuple[Any, ...], rng: Random, now: datetime) -> None:
    DrawnUntil.objects.update_or_create(id=1, defaults={"at": now - timedelta(days=10)})
    second.draw(now, chance=0.9)
    looks = list(SecondLook.objects.order_by("decision__decided_at").select_related("decision", "submission"))
    for look in looks[:-OPEN]:
        person = next(one for one in people if one.pk != look.first_by_id)
        outcome, reasons = _said(look.decision, look.submission, rng)
        second.answer(person, look.id, outcome, reasons)
        at = look.decision.decided_at + timedelta(hours=rng.uniform(1, 9))
        SecondLook.objects.filter(id=look.id).update(answered_at=at, drawn_at=at - timedelta(minutes=50))


def _said(decision: Decision | None, row: Submission, rng: Random) -> tuple[str, list[str]]:
    outcome = decision.outcome if decision else Outcome.REJECT
    reasons = list(decision.reasons) if decision else [str(reason["code"]) for reason in row.reasons]
    if rng.random() < AS_OTHERS:
        return outcome, reasons
    return (Outcome.REJECT, [rng.choice(sorted(WHY))]) if outcome == Outcome.APPROVE else (Outcome.APPROVE, [])
