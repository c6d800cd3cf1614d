"""Answers as they come from the page: one field a question, named by its id."""

from uuid import UUID

from django.http import QueryDict

from moderation.labelling.actions import GRID
from moderation.labelling.models import Value


class NoAnswers(Exception):
    """What was sent is not what the page sends; the message says what is wrong."""


def read(data: QueryDict) -> tuple[UUID, dict[UUID, str]]:
    """(batch, question -> value) of `batch` and `answer-<question>` fields; a tile without an answer is left out.

    Raises NoAnswers.
    """
    values: dict[UUID, str] = {}
    try:
        batch = UUID(data.get("batch", ""))
        for name, value in data.items():
            if name.startswith("answer-") and value:
                values[UUID(name.removeprefix("answer-"))] = Value(str(value))
    except ValueError:
        raise NoAnswers("These answers cannot be read. Load the page again.") from None
    if len(values) > GRID:
        raise NoAnswers(f"At most {GRID} answers can be sent at once.")
    if not values:
        raise NoAnswers("There was no answer yet. Answer at least one.")
    return batch, values
