"""Corrected themes become labels in the feature store, when nobody is about to say otherwise any more.

What is labelled is what the heads read: all words as one text, and the whole picture. Both are encoded anew and stored
under random ids that nothing leads to; the correction only remembers that it was done.
"""

import io
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone
from PIL import Image

from engagement.creations.pictures import picture_of
from engagement.daily.guessing import words_of
from engagement.daily.models import ThemeCorrection
from featurestore.models import Source
from featurestore.store import get_store
from featurestore.store.base import NewFeature, NewLabel
from moderation.detectors.base import Picture, Text
from moderation.feedback.texts import current_policy
from moderation.labelling.actions import labeller_class
from moderation.prefilter.labelled import Vector, encode

log = structlog.get_logger(__name__)

TASK = "theme"
NONE = "none"  # the value of "no theme"
SETTLED = timedelta(minutes=30)
AT_ONCE = 200


def due(now: datetime | None = None) -> list[int]:
    """Corrections that are settled and not taught yet."""
    settled = (now or timezone.now()) - SETTLED
    rows = ThemeCorrection.objects.filter(taught_at=None, at__lte=settled).order_by("at")
    return list(rows.values_list("id", flat=True)[:AT_ONCE])


def teach(id: int, now: datetime | None = None) -> int:
    """Write what one correction teaches, once. Returns how many features that were (0: somebody did, or it is gone).

    Raises ModelMissing.
    """
    now = now or timezone.now()
    row = ThemeCorrection.objects.select_related("creation__submission", "by").filter(id=id, taught_at=None).first()
    if row is None:
        return 0
    vectors = _vectors(row)
    today = now.date()
    with transaction.atomic():
        # A conditional update: of two that teach the same one does.
        if not ThemeCorrection.objects.filter(id=id, taught_at=None, said=row.said).update(taught_at=now):
            return 0
        store = get_store()
        ids = store.put(
            [NewFeature(encoder, view, vector, row.creation.market, today) for encoder, view, vector in vectors]
        )
        by = labeller_class(row.by)
        store.label(
            [
                NewLabel(one, TASK, row.said or NONE, Source.LABELLING, current_policy(), today, labeller=by)
                for one in ids
            ]
        )
    return len(ids)


def _vectors(row: ThemeCorrection) -> list[Vector]:
    found: list[Vector] = []
    if words := words_of(row.creation):
        found += encode(Text(words, row.creation.language))
    if data := picture_of(row.creation):
        try:
            found += encode(Picture(Image.open(io.BytesIO(data)).convert("RGB")))
        except OSError:
            log.warning("teaching.picture_unreadable", creation=str(row.creation_id))
    return found
