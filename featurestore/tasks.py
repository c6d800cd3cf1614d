"""Celery's side of the feature store."""

import structlog
from celery import shared_task
from django.conf import settings
from django.db import close_old_connections

from featurestore.models import Unsealed

log = structlog.get_logger(__name__)

ENOUGH = 2000  # newly put features that are worth a compaction; until then they are read from the database


@shared_task(name="featurestore.compact", time_limit=3600, soft_time_limit=3500)
def compact() -> int:
    """Take what was forgotten out of segments at once; seal what is new when there is enough of it. Returns how many
    features are sealed then, 0 when it was too soon."""
    from featurestore.store.erasing import drop_forgotten
    from featurestore.store.place import Busy
    from featurestore.store.sealing import compact as seal

    close_old_connections()
    drop_forgotten()
    if settings.FEATURESTORE != "segments" or Unsealed.objects.all()[:ENOUGH].count() < ENOUGH:
        return 0
    try:
        done = seal()
    except Busy:
        return 0  # the one under way began before; the schedule comes again
    log.info("featurestore.compacted", sealed=done.sealed, removed=done.removed, features=done.features)
    return done.features
