"""A file sealed under a key, in pieces, so that a video never lies in memory whole. No Django here.

Layout: magic (5), salt (16), then pieces of at most PIECE bytes, each with its tag (16). The key of a file is derived
(HKDF-SHA256) from the case's key, the salt and what the file is bound to; a piece's nonce is its number, and whether it
is the last is sealed along: pieces cannot be dropped, swapped, cut off, or carried to another file (the STREAM
construction of Hoang, Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
Misuse-Resistance", CRYPTO 2015).
"""

import os
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"BMV1\n"
SALT, TAG = 16, 16
PIECE = 1 << 20


class Broken(Exception):
    """It does not open: another key, another file's, or something of it was changed or is missing."""


def seal(clear: BinaryIO, key: bytes, bound: bytes) -> Iterator[bytes]:
    """The sealed bytes of `clear`, which is read to its end. `key`: 32 bytes; `bound`: what it belongs to."""
    salt = os.urandom(SALT)
    yield MAGIC + salt
    box = _box(key, salt, bound)
    for n, piece, last in _numbered(iter(lambda: clear.read(PIECE), b"")):
        yield box.encrypt(_nonce(n), piece, _last(last))


def unseal(sealed: BinaryIO, key: bytes, bound: bytes) -> Iterator[bytes]:
    """What was sealed, piece by piece. Raises Broken; what came before that is genuine."""
    head = sealed.read(len(MAGIC) + SALT)
    if len(head) != len(MAGIC) + SALT or not head.startswith(MAGIC):
        raise Broken("This is nothing that was sealed here.")
    box = _box(key, head[len(MAGIC) :], bound)
    ended = False
    for n, piece, last in _numbered(iter(lambda: sealed.read(PIECE + TAG), b""), empty=False):
        try:
            clear = box.decrypt(_nonce(n), piece, _last(last))
        except InvalidTag:
            raise Broken(f"Piece {n} does not open.") from None
        ended = last
        yield clear
    if not ended:
        raise Broken("Its end is missing.")


def _numbered(pieces: Iterator[bytes], empty: bool = True) -> Iterable[tuple[int, bytes, bool]]:
    """(number, piece, is it the last?). With `empty`, nothing at all is one empty piece."""
    piece = next(pieces, b"" if empty else None)
    n = 0
    while piece is not None:
        following = next(pieces, None)
        yield n, piece, following is None
        piece, n = following, n + 1


def _box(key: bytes, salt: bytes, bound: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"brickmod vault\n" + bound).derive(key))


def _nonce(n: int) -> bytes:
    return n.to_bytes(12, "big")


def _last(last: bool) -> bytes:
    return b"last" if last else b"more"
