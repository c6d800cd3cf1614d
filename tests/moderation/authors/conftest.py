"""Authors with strikes, made by people's decisions."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from moderation.authors.actions import weigh
from moderation.authors.models import Author, Strike
from moderation.desk.actions import claim_next, decide
from moderation.desk.models import Decision
from tests.submissions import waiting


@pytest.fixture
def rejects(calling_app) -> Callable:
    """rejects(moderator, "rude", author="fox-1"): they reject an upload, for good. Returns the decision."""

    def rejects(user: Any, *codes: str, final: bool = True, author: str = "fox-1", **fields: Any) -> Decision:
        waiting(fields.pop("app", calling_app), author=author, **fields)
        decision = decide(user, claim_next(user), "reject", list(codes))
        if final:
            Strike.objects.filter(decision=decision.id).update(counts_from=timezone.now() - timedelta(seconds=1))
        return decision

    return rejects


@pytest.fixture
def settled() -> Callable:
    """settled("fox-1"): what follows from the strikes is settled. Returns the author."""

    def settled(name: str = "fox-1") -> Author:
        author = Author.objects.get(name=name)
        weigh(author.id)
        return author

    return settled
