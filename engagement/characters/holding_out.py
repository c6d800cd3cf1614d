"""Some authors hear nothing of characters, so that what likes and comments are worth can be told at all.

Drawn by a hash of the author, so it is always the same ones, and nobody has to remember who they are.
"""

import hashlib

from django.conf import settings


def held_out(app: int, author: str) -> bool:
    """Is this author among the HOLD_OUT_PERCENT that get neither likes nor comments?"""
    digest = hashlib.blake2b(f"{app}\x1f{author}".encode(), digest_size=8, person=b"held out").digest()
    return int.from_bytes(digest, "big") % 10_000 < settings.HOLD_OUT_PERCENT * 100
