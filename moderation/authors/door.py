"""How an author stands, and what that means for the next upload."""

from datetime import datetime, timedelta

from django.utils import timezone

from brickmod.access.models import App
from moderation.authors.actions import weigh
from moderation.authors.models import STRENGTH, Author, Follows, Measure, Strike
from moderation.authors.told import feedback
from moderation.intake.guards import TurnedAway
from moderation.intake.models import Submission

DAY = timedelta(days=1)


def in_force(app: App, name: str, now: datetime | None = None) -> list[Measure]:
    """What is in force for this author, the hardest first."""
    rows = Measure.objects.in_force(now).filter(author__app=app, author__name=name).select_related("author")
    return sorted(rows, key=lambda measure: -STRENGTH[measure.follows])


def guard(app: App, name: str, market: str, language: str) -> None:
    """Asked before a new upload is read. One query for an author of whom nothing is remembered. Raises TurnedAway."""
    author = Author.objects.filter(app=app, name=name).first()
    if author is None:
        return
    now = timezone.now()
    # What counts by now holds at once, also when no sweep has come by.
    if Strike.objects.filter(author=author, weighed_at=None).counting(now).exists():
        weigh(author.id)
    measures = {measure.follows: measure for measure in in_force(app, name, now)}
    if ban := measures.get(Follows.BAN):
        raise TurnedAway(
            "author_banned",
            "Nothing is taken from this author for now.",
            feedback(Follows.BAN, language, market),
            until=ban.until,
        )
    if slow := measures.get(Follows.SLOW):
        _not_too_many(app, name, slow, now, feedback(Follows.SLOW, language, market))


def _not_too_many(app: App, name: str, slow: Measure, now: datetime, told: str) -> None:
    """So many in any 24 hours."""
    most = slow.a_day or 1
    recent = Submission.objects.filter(app=app, author=name, received_at__gt=now - DAY)
    times = list(recent.order_by("-received_at").values_list("received_at", flat=True)[:most])
    if len(times) >= most:
        detail = f"This author may send {most} in 24 hours, and has."
        raise TurnedAway("author_slowed", detail, told, until=times[-1] + DAY, today=True)


def looked_at_first(submission: Submission) -> bool:
    """Is everything of this author to come to people ahead of calm ones, and never in a grid?"""
    return (
        Measure.objects.in_force()
        .filter(author__app=submission.app_id, author__name=submission.author, follows=Follows.REVIEW)
        .exists()
    )
