"""Where a challenger's verdict counts in place of the champion's: for a share of submissions, always the same."""

import hashlib
from collections.abc import Iterable
from uuid import UUID

from featurestore.heads.models import Alias
from featurestore.heads.serving import Served


def draw(submission: UUID, task: str) -> float:
    """A number in [0, 1), the same for ever: of one task uniform over submissions, of two tasks independent."""
    digest = hashlib.sha256(f"{submission}:{task}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def chosen(submission: UUID, task: str, served: Iterable[Served]) -> Served | None:
    """The challenger that counts for this submission; None: the champion. Each has the stretch of [0, 1) after those of
    the challengers before it, in the order of their aliases."""
    number, upto = draw(submission, task), 0.0
    for one in sorted((one for one in served if one.alias != Alias.CHAMPION), key=lambda one: one.alias):
        upto += one.canary
        if number < upto:
            return one
    return None
