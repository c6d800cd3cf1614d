"""Preserves what was hidden, again and again until it is done; destroys what is no longer held."""

from uuid import UUID

import structlog
from celery import shared_task
from django.utils import timezone

from moderation.restricted.actions import destroy
from moderation.restricted.models import Case
from moderation.restricted.preserving import preserve as preserve_case

log = structlog.get_logger(__name__)


@shared_task(name="moderation.restricted.preserve", soft_time_limit=280, time_limit=290)
def preserve(id: str) -> bool:
    case = Case.objects.filter(id=UUID(id)).first()
    return case is not None and preserve_case(case)


@shared_task(name="moderation.restricted.preserve_due", soft_time_limit=280, time_limit=290)
def preserve_due() -> int:
    """Those that nobody is at. Returns how many are done now."""
    return sum(preserve_case(case) for case in Case.objects.to_preserve(timezone.now())[:20])


@shared_task(name="moderation.restricted.destroy_due")
def destroy_due() -> int:
    """What is no longer held. One that fails keeps no other from going; it is tried again the next hour."""
    gone = 0
    for case in Case.objects.to_destroy(timezone.now())[:200]:
        try:
            gone += destroy(case)
        except Exception:
            log.exception("restricted.not_destroyed", case=str(case.id))
    return gone
