"""What is searched for. All of it stands in the address, so a link, or a saved view, shows the same to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode

from moderation.search.forms import SearchForm

NAMES = tuple(SearchForm.base_fields)


@dataclass(frozen=True)
class Cursor:
    """The row behind which a page begins: when it was received, and its id."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat()},{self.id}"

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """A cursor that cannot be read begins at the newest."""
        try:
            at, id = text.split(",")
            moment = parse_datetime(at)
            return cls(moment, UUID(id)) if moment is not None and moment.tzinfo else None
        except ValueError:
            return None


def query_of(given: Mapping[str, Any]) -> str:
    """The part of an address that says what is searched for: the form's fields that are not empty, in its order."""
    return urlencode({name: str(value).strip() for name in NAMES if (value := given.get(name)) and str(value).strip()})
