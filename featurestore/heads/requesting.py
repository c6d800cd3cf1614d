"""Where two people have to agree to a promotion (PROMOTION_SECOND_PERSON): ask, agree, decline."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from featurestore.heads.models import Alias, HeadVersion, Outcome, PromotionEvent, PromotionRequest, Serving
from featurestore.heads.refusals import NotNow, Refused
from featurestore.heads.serving_actions import promote


def ask_promotion(head: HeadVersion, by: Any, reason: str, evidence: dict[str, Any] | None = None) -> PromotionRequest:
    """Ask a second person for a promotion. One request a task is open at a time; NotNow while there is one."""
    if not reason.strip():
        raise Refused("A reason is needed: the second person decides on it.")
    row = Serving.objects.filter(task=head.task, head=head).first()
    if row is None or row.alias == Alias.CHAMPION:
        raise Refused(f"Version {head.version} of {head.task} is not a challenger now.")
    champion = _champion(head.task)
    _open(head.task).exclude(champion=champion).update(outcome=Outcome.OVERTAKEN, ended_at=timezone.now())
    try:
        with transaction.atomic():
            return PromotionRequest.objects.create(
                task=head.task, head=head, champion=champion, by=by, reason=reason.strip(), evidence=evidence or {}
            )
    except IntegrityError as error:
        raise NotNow(f"A promotion of {head.task} waits for a second person already.") from error


def agree(request: PromotionRequest, by: Any) -> PromotionEvent:
    """The second person's yes: the head is promoted, in the name of both. Refused as `promote` is, and when the
    champion is no longer the one that was to be replaced."""
    if not _open(request.task).filter(id=request.id).exists():
        raise Refused("That request has been ended already.")
    champion = _champion(request.task)
    if champion != request.champion:
        _end(request, Outcome.OVERTAKEN, None)
        raise Refused(f"The champion of {request.task} is another one than when this was asked; ask anew.")
    event = promote(request.head, request.by, request.reason, by, request.evidence, over=champion)
    _end(request, Outcome.AGREED, by)
    return event


def decline(request: PromotionRequest, by: Any) -> None:
    """No; also how the first person takes it back."""
    if not by.has_perm("heads.promote"):
        raise Refused(f"{by} may not promote, and so not decline either.")
    if not _end(request, Outcome.DECLINED, by):
        raise Refused("That request has been ended already.")


def _open(task: str) -> Any:
    return PromotionRequest.objects.filter(task=task, outcome=Outcome.OPEN)


def _end(request: PromotionRequest, outcome: Outcome, by: Any) -> int:
    ended = {"outcome": outcome, "ended_by": by, "ended_at": timezone.now()}
    return _open(request.task).filter(id=request.id).update(**ended)


def _champion(task: str) -> HeadVersion | None:
    row = Serving.objects.select_related("head").filter(task=task, alias=Alias.CHAMPION).first()
    return row.head if row else None
