"""Training: cases with known answers, for one's own eyes."""

from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from brickmod.access.audit import record
from brickmod.access.models import User, Verb
from moderation.desk.door import SEE, may, submission_for
from moderation.desk.models import Decision
from moderation.feedback.models import Example
from moderation.intake.models import State, Submission
from moderation.policies.actions import WRITE, NotDone
from moderation.policies.models import Answer, Case

TRAIN = "desk.decide"


def cases() -> Any:
    return Case.objects.filter(active=True)


def next_case(user: Any) -> Case | None:
    """The oldest that this person has not answered. Examples are cases from the moment they are there."""
    may(user, TRAIN)
    Case.objects.bulk_create(
        [
            Case(
                example=one, outcome=one.answer, reasons=[one.reason_id] if one.answer == "reject" else [], why=one.why
            )
            for one in Example.objects.filter(case=None)
        ],
        ignore_conflicts=True,
    )
    left = cases().exclude(answers__user=user).exclude(submission__state=State.WITHDRAWN)
    return left.select_related("example__reason", "submission").order_by("id").first()


@transaction.atomic
def answer(user: Any, case: Case, outcome: str, reasons: list[str]) -> Answer:
    """The first answer counts; the same case again gives it back. Nothing of it reaches a submission."""
    may(user, TRAIN)
    if outcome not in ("approve", "reject") or (outcome == "reject") != bool(reasons):
        raise NotDone(_("Choose: approve, or why it is rejected."))
    given = {"outcome": outcome, "reasons": reasons, "right": case.right(outcome, reasons)}
    return Answer.objects.get_or_create(case=case, user=user, defaults=given)[0]


def again(user: Any) -> int:
    """A person begins anew: their answers go."""
    may(user, TRAIN)
    return Answer.objects.filter(user=user).delete()[0]


@transaction.atomic
def make_case(user: Any, submission: Submission, why: str) -> Case:
    """What people decided becomes a case: its standing decision is the known answer. Raises NotDone."""
    may(user, WRITE)
    row = submission_for(user, submission.id, SEE)
    decision = Decision.objects.standing().filter(submission=row).first()
    if decision is None:
        raise NotDone(_("No person has decided on it."))
    if not why.strip():
        raise NotDone(_("Say what can be learned from it."))
    given = {"outcome": decision.outcome, "reasons": decision.reasons, "why": why.strip()[:300], "made_by": user}
    case, made = Case.objects.update_or_create(submission=row, defaults=given | {"active": True})
    record(Verb.TRAINING, "case", case.pk, user=user, new={"outcome": case.outcome, "made": made})
    return case


def mine(user: Any) -> dict[str, Any]:
    """One's own results, by reason: nobody else sees these."""
    rows = Answer.objects.filter(user=user).select_related("case__example")
    done = list(rows)
    return {"done": len(done), "right": sum(one.right for one in done), "of": cases().count()}


def progress() -> list[dict[str, Any]]:
    """For a lead: who has answered how many; not which, and not how well."""
    people = User.objects.filter(is_active=True, groups__name__in=["moderator", "lead"]).distinct()
    answered = dict(
        Answer.objects.filter(Q(case__active=True)).values_list("user").annotate(n=Count("id")).values_list("user", "n")
    )
    of = cases().count()
    return [{"person": one, "done": answered.get(one.pk, 0), "of": of} for one in people.order_by("username")]
