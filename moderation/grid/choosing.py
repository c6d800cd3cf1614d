"""What is easy enough: one picture, a short text, looked at by detectors of which none found anything, low risk."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.functions import Length

from moderation.agreement.models import KnownCase
from moderation.desk.lanes import open_to
from moderation.desk.models import Outcome
from moderation.desk.queue import submissions
from moderation.grid.models import GridRule
from moderation.intake.models import Part, PartKind, Submission
from moderation.intake.turn import Turn
from moderation.prefilter.models import Finding

LOOKED_THROUGH = 400  # of the most due: looking through a million for easy ones would keep people waiting


def slugs_of(user: Any) -> list[str]:
    """The queues from which a grid takes: those that are open to this person and not for leads alone."""
    return [lane.slug for lane in open_to(user) if not lane.leads]


def candidates(user: Any, rule: GridRule, now: datetime, slugs: list[str]) -> list[UUID]:
    """Easy ones that are free for this person, in their turn, at most LOOKED_THROUGH. Languages that they do not read
    are left out: a text that nobody can read is not easy."""
    free = submissions().free_for(user, now).filter(priority=0, risk__lte=rule.risk)
    free = free.exclude(app__in=rule.not_apps.all())
    if rule.not_markets:
        free = free.exclude(market__in=[str(one).upper() for one in rule.not_markets])
    if user.languages:
        reads = Q()
        for tag in {str(tag).split("-")[0].lower() for tag in user.languages}:
            reads |= Q(language__iexact=tag) | Q(language__istartswith=f"{tag}-")
        free = free.filter(reads)
    ahead = sorted(
        row
        for slug in slugs
        for row in free.filter(queue=slug)
        .annotate(turn=Turn())
        .values_list("turn", "review_due_at", "id")[:LOOKED_THROUGH]
    )[:LOOKED_THROUGH]
    ids = [id for _, _, id in ahead]
    fit = set(easy(Submission.objects.filter(id__in=ids), rule).values_list("id", flat=True))
    return [id for id in ids if id in fit]


def easy(rows: Any, rule: GridRule) -> Any:
    """Those of `rows` with one picture and a short text, which detectors have looked at, and of which none found
    anything."""
    said = Finding.objects.filter(part__submission=OuterRef("pk"))
    return one_picture(rows, rule).filter(Exists(said), ~Exists(said.exclude(verdict="pass")))


def one_picture(rows: Any, rule: GridRule) -> Any:
    parts = Part.objects.filter(submission=OuterRef("pk")).order_by().values("submission")
    pictures = parts.annotate(
        n=Count("id", filter=Q(kind=PartKind.IMAGE)),
        videos=Count("id", filter=Q(kind=PartKind.VIDEO)),
        letters=Sum(Length("text")),
    )
    return rows.filter(Exists(pictures.filter(n=1, videos=0, letters__lte=rule.letters)))


def known_bad(rule: GridRule) -> Any:
    """Known cases that look as easy as what is in a grid."""
    rows = KnownCase.objects.usable().filter(outcome=Outcome.REJECT)
    return rows.filter(submission__in=one_picture(Submission.objects.all(), rule).values("pk"))
