"""A search may take so long and no longer: whoever asks for too much hears so, and the database does other work."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

SECONDS = 5.0
STEPS = 20_000  # of SQLite's virtual machine between two looks at the clock


class TooLong(Exception):
    """The database was stopped."""


@contextmanager
def bounded(seconds: float = SECONDS) -> Iterator[None]:
    """What is asked of the database inside, query by query on PostgreSQL, all together on SQLite. Raises TooLong."""
    if connection.vendor == "postgresql":
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(int(seconds * 1000))])
                yield
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "57014":
                raise
            raise TooLong from error
        return
    connection.ensure_connection()
    until = time.monotonic() + seconds
    connection.connection.set_progress_handler(lambda: time.monotonic() > until, STEPS)
    try:
        yield
    except OperationalError as error:
        if "interrupted" not in str(error):
            raise
        raise TooLong from error
    finally:
        connection.connection.set_progress_handler(None, 0)
