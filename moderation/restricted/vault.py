"""Where sealed files lie, and the keys apart from them and from the database.

A case has a key of its own, a file in VAULT_KEYS_FOLDER. Destroyed, nothing of the case opens any more, wherever copies
of the sealed files and of the database lie.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from io import UnsupportedOperation
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages

from brickmod.keys import Keys
from moderation.restricted.sealing import Broken, seal, unseal


def storage() -> Any:
    return storages["vault"]


def keys() -> Keys:
    return Keys(Path(settings.VAULT_KEYS_FOLDER), tagged=False)


def key_of(case: UUID) -> bytes:
    """Made when there was none. Raises OSError when it cannot be kept."""
    return keys().make(_name(case))


def existing_key(case: UUID) -> bytes:
    """Raises Broken when it is gone: what was sealed under it opens no more."""
    key = keys().get(_name(case))
    if key is None:
        raise Broken("The key of this case is not there.")
    return key


def destroy_key(case: UUID) -> bool:
    return keys().destroy(_name(case))


def put(case: UUID, part: str, clear: Any) -> tuple[str, int, str]:
    """Seal a file into the vault, and read it back. (name there, size, SHA-256 of the clear bytes).

    Raises OSError (and what the storage raises) when it cannot be kept, Broken when what was read back differs.
    """
    digest, size = sha256(), 0

    class Counted:
        def read(self, n: int) -> bytes:
            nonlocal size
            piece: bytes = clear.read(n)
            digest.update(piece)
            size += len(piece)
            return piece

    name = f"{case.hex}/{sha256(part.encode()).hexdigest()[:16]}"
    storage().delete(name)  # of a try that was cut off
    with tempfile.TemporaryFile() as sealed:  # sealed already: nothing in clear touches the disk
        for piece in seal(Counted(), key_of(case), _bound(case, part)):  # type: ignore[arg-type]
            sealed.write(piece)
        sealed.seek(0)
        name = storage().save(name, File(sealed))
    _settle(name)
    again = sha256()
    for piece in pieces(case, part, name):
        again.update(piece)
    if again.digest() != digest.digest():
        raise Broken("What was read back is not what was sealed.")
    return name, size, digest.hexdigest()


def pieces(case: UUID, part: str, name: str) -> Iterator[bytes]:
    """A file of the vault in clear, piece by piece, in memory alone. Raises Broken."""
    with storage().open(name, "rb") as sealed:
        yield from unseal(sealed, existing_key(case), _bound(case, part))


def remove(name: str) -> None:
    storage().delete(name)


def _bound(case: UUID, part: str) -> bytes:
    return case.bytes + part.encode()


def _name(case: UUID) -> str:
    return f"case-{case.hex}"


def _settle(name: str) -> None:
    """On a disk: really there, also after a power cut. Other storages see to that themselves."""
    with suppress(UnsupportedOperation, NotImplementedError, AttributeError), storage().open(name, "rb") as file:
        os.fsync(file.fileno())
