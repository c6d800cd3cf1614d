"""What an app is told of likes and comments: the shape of the API's answers and of the webhooks' data."""

from datetime import UTC, datetime
from typing import Any

from engagement.characters.models import Character, Draft, Like


def like(row: Like) -> dict[str, Any]:
    """`creation` and `character` loaded."""
    return {
        "id": str(row.pk),
        "creation": row.creation.external_id,
        "character": character(row.character),
        "liked_at": _time(row.given_at),
    }


def comment(row: Draft) -> dict[str, Any]:
    """`creation` and `character` loaded."""
    return {
        "id": str(row.id),
        "creation": row.creation.external_id,
        "character": character(row.character),
        "language": row.language,
        "text": row.text,
        "status": "posted",
        "posted_at": _time(row.post_at),
    }


def character(row: Character) -> dict[str, str]:
    return {"slug": row.slug, "name": row.name}


def _time(value: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if value else None
