"""Alerts about heads, for the people who look after them: a row on their page, a gauge, an error in the log.

Not an event for the apps: it is not their matter how our heads are trained.
"""

import structlog
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from featurestore.heads.training_models import AlertKind, HeadAlert

log = structlog.get_logger(__name__)


def raise_alert(task: str, kind: AlertKind, says: str, version: str = "") -> HeadAlert:
    """Opens an alert, or counts up the one that is open for the same task, kind and version. Safe from many processes
    at once."""
    log.error("heads.alert", task=task, kind=str(kind), version=version, says=says[:300])
    for _ in range(2):
        same = HeadAlert.objects.filter(task=task, kind=kind, version=version, ended_at=None)
        if same.update(times=F("times") + 1, last_at=timezone.now(), says=says) and (alert := same.first()):
            return alert
        try:
            with transaction.atomic():
                return HeadAlert.objects.create(task=task, kind=kind, version=version, says=says)
        except IntegrityError:
            continue  # another process opened it in between
    return HeadAlert(task=task, kind=kind, version=version, says=says)  # opened and settled between our two tries


def settle(task: str, kind: AlertKind, version: str | None = None) -> int:
    """It is well again. Returns how many alerts were open. `version` None: of all versions."""
    these = HeadAlert.objects.filter(task=task, kind=kind, ended_at=None)
    if version is not None:
        these = these.filter(version=version)
    return these.update(ended_at=timezone.now())
