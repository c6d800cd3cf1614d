"""Which uploads a person may not see. Rooms above know, and join here when Django starts, so that intake need not know
them: the files of an upload are as hidden as its page."""

from collections.abc import Callable
from typing import Any

from moderation.intake.models import Submission

Question = Callable[[Any, Submission], bool]
_questions: list[Question] = []


def hides(question: Question) -> Question:
    """`question(user, submission)` says whether it is hidden from that person."""
    if question not in _questions:
        _questions.append(question)
    return question


def hidden(user: Any, submission: Submission) -> bool:
    return any(question(user, submission) for question in _questions)
