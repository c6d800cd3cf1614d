"""What an engager sent: for each draft what they want, and the text that they had before them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext as _

Wanted = Literal["approve", "drop"]
SALT = "comments"
ON_SCREEN = 1.0  # seconds that a draft must have been there before it is approved
LONGEST = 12 * 3600


class NotSeen(Exception):
    """More was approved than can have been read; a sentence for a person."""


@dataclass(frozen=True)
class Answer:
    """`was`: the text as it stood on the page; `text`: as it stands there now."""

    draft: UUID
    wanted: Wanted
    was: str
    text: str


def page_token(drafts: list[UUID]) -> str:
    """Names what a page shows, and when it was made; signed."""
    return signing.dumps([time.time(), *map(str, drafts)], salt=SALT)


def read(data: Mapping[str, str]) -> list[Answer]:
    """The answers of a page. What was not on it, is unreadable or unanswered is left out.

    Raises NotSeen: an approval of more drafts than a second each allows since the page was made. The page's own script
    also counts whether each was really on screen; here is what holds without it.
    """
    try:
        made, *ids = signing.loads(data.get("page", ""), salt=SALT, max_age=LONGEST)
        shown = {UUID(id) for id in ids}
    except (signing.BadSignature, ValueError, TypeError):
        raise NotSeen(_("This page is too old. What you chose was not sent; here are the drafts again.")) from None
    answers = []
    for name, value in data.items():
        kind, _dash, id = name.partition("-")
        if kind != "answer" or value not in ("approve", "drop"):
            continue
        try:
            draft = UUID(id)
        except ValueError:
            continue
        if draft in shown:
            wanted: Wanted = "approve" if value == "approve" else "drop"
            was = _lines(data.get(f"was-{id}", ""))
            answers.append(Answer(draft, wanted, was, _lines(data.get(f"text-{id}", was))))
    approved = sum(answer.wanted == "approve" for answer in answers)
    if approved * ON_SCREEN > time.time() - made:
        raise NotSeen(_("So much cannot have been read yet. Nothing was sent; look at each and send again."))
    return answers


def _lines(text: str) -> str:
    return " ".join(text.split())
