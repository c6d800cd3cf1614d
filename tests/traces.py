"""Looks for what should be gone: in every byte of every file, in every value of every table."""

import base64
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.db import connection


def forms(name: str, value: str) -> dict[str, bytes]:
    """A text as it can lie somewhere: plain, in the three shifts of base64, as hex; an id also without hyphens."""
    plain = {name: value.encode()}
    if name.startswith("id"):
        plain |= {f"{name} hex": uuid.UUID(value).hex.encode(), f"{name} bytes": uuid.UUID(value).bytes}
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + value.encode()).rstrip(b"=")
        plain[f"{name} base64/{shift}"] = coded[4 if shift else 0 : -3]
    return plain


def in_files(folder: Path, markers: dict[str, bytes]) -> list[str]:
    """ "what: where" for each marker that lies in a file's bytes or in its name."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            found += [f"{name}: {path}" for name in _in(data, markers)]
            found += [f"{name}: name of {path}" for name in _in(str(path).encode(), markers)]
    return found


def in_tables(markers: dict[str, bytes]) -> list[str]:
    """ "what: table" for each marker that a value of a row holds."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [f"{name}: {table}" for value in row for name in _in(_bytes(value), markers)]
    return found


def in_items(items: Iterator[dict], markers: dict[str, bytes]) -> list[str]:
    """ "what: key" for each marker that an item of a DynamoDB table holds."""
    return [
        f"{name}: {item['pk']}" for item in items for value in item.values() for name in _in(_bytes(value), markers)
    ]


def _in(data: bytes, markers: dict[str, bytes]) -> list[str]:
    low = data.lower()
    return [name for name, marker in markers.items() if marker.lower() in low]


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
