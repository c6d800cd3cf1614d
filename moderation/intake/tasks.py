"""Ends what a crash interrupted, and takes away what erasures leave in files."""

from datetime import timedelta

from celery import shared_task
from django.db import close_old_connections
from django.utils import timezone

from brickmod.scrubbing import scrub as scrub_files
from featurestore.store.erasing import drop_forgotten
from moderation.intake.actions import finish_erasure
from moderation.intake.models import ErasureReceipt, State, Submission

# A task of an erased submission may still wait in the broker that long; what was erased since then is scrubbed again.
SETTLED = timedelta(seconds=60)


@shared_task(name="moderation.intake.finish_erasures")
def finish_erasures() -> int:
    """Erase what was withdrawn and is still there. Returns how many."""
    rows = list(Submission.objects.filter(state=State.WITHDRAWN, held=False)[:200])
    for submission in rows:
        finish_erasure(submission)
    return len(rows)


@shared_task(name="moderation.intake.scrub", time_limit=3600, soft_time_limit=3500)
def scrub(full: bool = False) -> int:
    """Overwrite what segments, database and broker still hold of erased rows. Returns how many erasures are done with.

    Nothing erased: nothing to do. `full` rewrites a large database too; at night.
    """
    close_old_connections()
    now = timezone.now()
    open_ones = ErasureReceipt.objects.filter(scrubbed_at=None)
    # Segments first: the notes of what is to leave them are rows, whose traces must go as well.
    if not open_ones.exists() or not drop_forgotten() or not scrub_files(full):
        return 0
    return open_ones.filter(at__lte=now - SETTLED).update(scrubbed_at=timezone.now())
