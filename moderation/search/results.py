"""A row of the page, computed before a template begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from moderation.desk import why
from moderation.desk.markets import language_name, market_name
from moderation.intake.models import Part, PartKind, Submission
from moderation.search.alike import Alike

TEXT = 160


@dataclass(frozen=True)
class Row:
    submission: Submission
    picture: Part | None
    hides: bool  # something was found in it: veiled, as the person chose
    title: str
    text: str
    why: str
    reasons: str
    market: str
    language: str
    how: str  # how it is like the one that was asked for


def row(submission: Submission, how: str = "") -> Row:
    parts = list(submission.parts.all())
    picture = next((part for part in parts if part.kind != PartKind.TEXT and part.preview), None)
    said = {part.role: part.text for part in parts if part.kind == PartKind.TEXT}
    texts = " · ".join(said[role] for role in ("text", "hashtags") if said.get(role))
    return Row(
        submission=submission,
        picture=picture,
        hides=submission.state == "rejected" or any(part.findings.all() for part in parts),
        title=said.get("title", ""),
        text=texts if len(texts) <= TEXT else f"{texts[:TEXT]}…",
        why=why.short(parts),
        reasons=", ".join(reason["title"] for reason in submission.reasons),
        market=market_name(submission.market),
        language=language_name(submission.language),
        how=how,
    )


def in_order(found: Sequence[Alike], there: Mapping[UUID, Submission]) -> list[Row]:
    return [row(there[one.id], one.how) for one in found if one.id in there]


COLUMNS = (
    "id", "external_id", "app", "author", "market", "language", "app_version", "state", "decided_by", "reasons", "why",
    "received_at", "decided_at", "title", "text", "alike",
)  # fmt: skip


def cells(one: Row) -> list[Any]:
    """Of the CSV, in the order of COLUMNS. Times RFC 3339 in UTC."""
    of = one.submission
    decided = of.decided_at.isoformat() if of.decided_at else ""
    return [
        str(of.id), of.external_id, of.app.slug, of.author, of.market, of.language, of.app_version, of.state,
        of.decided_by or "", " ".join(reason["code"] for reason in of.reasons), one.why,
        of.received_at.isoformat(), decided, one.title, one.text, one.how,
    ]  # fmt: skip
