"""What is remembered of an author is forgotten when it no longer counts."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from brickmod.outbox.actions import forget as forget_events
from moderation.authors.models import Author, Measure, MeasureState, Strike

KEPT = timedelta(days=365)  # so long after its end a measure can be looked up, by an author's family too


def tidy() -> dict[str, int]:
    """Strikes that weigh nothing, measures that ended long ago, and authors of whom nothing is left. Safe to repeat."""
    now = timezone.now()
    strikes = 0
    for days in list(Strike.objects.order_by().values_list("expires_days", flat=True).distinct()):
        strikes += Strike.objects.filter(expires_days=days, at__lt=now - timedelta(days=days)).delete()[0]
    measures, _ = Measure.objects.filter(state=MeasureState.ENDED, ended_at__lt=now - KEPT).delete()
    authors = 0
    for author in Author.objects.filter(*_nothing_left(), since__lt=now - timedelta(days=1)):
        forget_events(author.id)
        author.delete()
        authors += 1
    return {"strikes": strikes, "measures": measures, "authors": authors}


def _nothing_left() -> list[Any]:
    return [~Exists(model.objects.filter(author=OuterRef("pk"))) for model in (Strike, Measure)]
