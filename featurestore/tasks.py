"""Celery's side of the feature store."""

import structlog
from celery import shared_task
from django.conf import settings
from django.db import close_old_connections

from featurestore.models import Forgotten, Unsealed

log = structlog.get_logger(__name__)

ENOUGH = 2000  # newly put features that are worth a compaction; until then they are read from the database


@shared_task(name="featurestore.compact", time_limit=3600, soft_time_limit=3500)
def compact() -> int:
    """Seal what is new once there is enough of it; take what was forgotten out of segments at once. Returns how many
    features are sealed."""
    from featurestore.store.place import Busy
    from featurestore.store.sealing import compact as seal

    close_old_connections()
    if settings.FEATURESTORE != "segments":
        return 0
    if not Forgotten.objects.exists() and Unsealed.objects.all()[:ENOUGH].count() < ENOUGH:
        return 0
    try:
        done = seal()
    except Busy:
        return 0  # the one under way began before; the schedule comes again
    log.info("featurestore.compacted", sealed=done.sealed, removed=done.removed, features=done.features)
    return done.features
