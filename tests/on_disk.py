"""The test's SQLite database as a file: threads share a file as processes do, but not a database in memory."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, connections


@contextmanager
def on_disk(folder: Path) -> Iterator[None]:
    """Copies the database in memory to a file and uses that, as long as the block lasts. PostgreSQL stays as it is."""
    if connection.vendor != "sqlite" or not connection.is_in_memory_db():
        yield
        return
    settings = connections.settings["default"]
    name = settings["NAME"]
    connection.ensure_connection()
    kept = connection.connection  # a database in memory lives as long as its connection
    with sqlite3.connect(folder / "shared.sqlite3") as copy:
        kept.backup(copy)
    copy.close()
    connection.connection = None
    settings["NAME"] = connection.settings_dict["NAME"] = str(folder / "shared.sqlite3")
    try:
        yield
    finally:
        connection.close()
        settings["NAME"] = connection.settings_dict["NAME"] = name
        connection.connection = kept
