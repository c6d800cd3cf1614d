"""Where a champion and a challenger said different things of the same part, while the part is there to be looked at."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, FilteredRelation, Q
from django.urls import reverse

from featurestore.heads.models import CHALLENGERS, Alias, HeadVersion, Serving
from moderation.desk.marks import Piece, Rect, overlay_height, pieces, rects
from moderation.desk.why import part_name
from moderation.feedback.models import Reason
from moderation.intake.models import DecidedBy, Part, PartKind, State
from moderation.prefilter.models import Finding, RecheckAnswer

NEWEST = 1000  # so many of the newest disagreements are looked through


@dataclass(frozen=True)
class Disagreement:
    """A part with what each head said of it, and what a person said, if one did (None: nobody yet)."""

    part: Part
    at: datetime
    a_score: float
    b_score: float
    a_hit: bool
    label: bool | None
    rects: tuple[Rect, ...]
    pieces: tuple[Piece, ...]

    @property
    def b_hit(self) -> bool:
        return not self.a_hit

    @property
    def right(self) -> str:
        """Who: "a", "b", or "" while nobody knows."""
        return "" if self.label is None else "a" if self.label == self.a_hit else "b"

    @property
    def gap(self) -> float:
        return abs(self.a_score - self.b_score)

    @property
    def name(self) -> str:
        return part_name(self.part, alone=True)

    @property
    def preview(self) -> str:
        return "" if self.part.kind == PartKind.TEXT else reverse("part-file", args=[self.part.id, "preview"])

    @property
    def height(self) -> float:
        return overlay_height(self.part.width, self.part.height)


SORTS: dict[str, tuple[str, Callable[[Disagreement], Any]]] = {
    "gap": ("furthest apart", lambda one: -one.gap),
    "b": ("challenger's score", lambda one: -one.b_score),
    "a": ("champion's score", lambda one: -one.a_score),
    "new": ("newest", lambda one: -one.at.timestamp()),
}
RIGHTS = {"": "all", "a": "only the champion right", "b": "only the challenger right", "open": "nobody knows yet"}


def heads_of(task: str, champion: str = "", challenger: str = "") -> tuple[HeadVersion | None, HeadVersion | None]:
    """The versions that were named, else those that serve: (champion, first challenger)."""
    serving = {row.alias: row.head for row in Serving.objects.filter(task=task).select_related("head")}
    first = next((serving[alias] for alias in CHALLENGERS if alias in serving), None)
    named = HeadVersion.objects.filter(task=task, version__in=[champion, challenger]).defer("onnx")
    versions = {head.version: head for head in named}
    return (
        versions.get(champion) if champion else serving.get(Alias.CHAMPION),
        versions.get(challenger) if challenger else first,
    )


def disagreements(task: str, champion: HeadVersion, challenger: HeadVersion) -> list[Disagreement]:
    """The newest first, at most NEWEST."""
    a = FilteredRelation(
        "part__findings", condition=Q(part__findings__detector=task, part__findings__model_version=champion.version)
    )
    a_hit, b_hit = Q(a__score__gte=F("a__threshold")), Q(score__gte=F("threshold"))
    rows = (
        Finding.every.filter(detector=task, model_version=challenger.version)
        .exclude(verdict="error")
        .exclude(part__submission__state=State.WITHDRAWN)
        .annotate(a=a)
        .filter(a__isnull=False)
        .exclude(a__verdict="error")
        .filter((a_hit & ~b_hit) | (~a_hit & b_hit))
        .annotate(a_score=F("a__score"), a_threshold=F("a__threshold"), a_evidence=F("a__evidence"))
        .select_related("part__submission__recheck")
        .prefetch_related("part__findings")
        .order_by("-made_at")
    )
    codes = set(Reason.objects.filter(task=task).values_list("code", flat=True))
    return [_shown(row, codes) for row in rows[:NEWEST]]


def _shown(row: Any, codes: set[str]) -> Disagreement:
    a_hit = row.a_score >= row.a_threshold
    evidence = row.a_evidence if a_hit else row.evidence
    part = row.part
    return Disagreement(
        part=part,
        at=row.made_at,
        a_score=row.a_score,
        b_score=row.score,
        a_hit=a_hit,
        label=_label(part, codes),
        rects=tuple(rects(evidence, "flag", part.width, part.height)) if part.kind == PartKind.IMAGE else (),
        pieces=tuple(pieces(part.text, evidence)) if part.kind == PartKind.TEXT else (),
    )


def _label(part: Part, codes: set[str]) -> bool | None:
    """What people said of the submission: is there what the reasons with these codes are for? In one with several
    parts that is nearly always said of this one, on which the heads differ."""
    submission = part.submission
    recheck = getattr(submission, "recheck", None)
    if submission.state == State.APPROVED:
        return False
    if submission.state == State.QUEUED:
        return False if recheck and recheck.answer == RecheckAnswer.BACK else None
    a_person = submission.decided_by == DecidedBy.MODERATOR or (recheck and recheck.answer == RecheckAnswer.RIGHT)
    named = {str(reason["code"]) for reason in submission.reasons} & codes
    return True if a_person and named else None
