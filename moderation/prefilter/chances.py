"""With which chance a person sees what the prefilter rejected. Pure.

Nothing that people look at again has the chance nought: an estimate could not know of it. And no chance depends on
what will be found, only on what is known when it is drawn, so that each is exact (Horvitz and Thompson 1952 need no
more, also where the chance follows from earlier draws).
"""

import hashlib
from uuid import UUID

LEAST = 0.05  # of the usual chance: what is left of it when the day's rechecks are used up; less makes weights wild


def number(id: UUID) -> float:
    """In [0, 1), the same for the same submission: looked at twice, it is drawn twice or never."""
    digest = hashlib.sha256(b"recheck" + id.bytes).digest()
    return (int.from_bytes(digest[:7]) >> 3) / 2**53


def draw_chance(usual: float, drawn: int, most: int) -> float:
    """With which a rejection is drawn when `drawn` were drawn today and about `most` a day can be looked at: `usual`
    for the first half, then less and less, and in the end LEAST of it. Nought where nobody looks again (`most` 0)."""
    if most <= 0:
        return 0.0
    return usual * min(1.0, max(LEAST, 2 * (most - drawn) / most))


def seen_chance(drawn: float, audit: float) -> float:
    """With which a person sees it at all: in the audit sample (whose submissions are not rejected), or drawn."""
    return audit + (1 - audit) * drawn
