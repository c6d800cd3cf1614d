"""Takes away what files still hold of rows that were deleted.

SQLite keeps old copies of a row in free pages, and in its write-ahead log; the broker keeps the ids that its messages
named in its append-only file. Deleting a row touches none of these.
"""

import os
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from redis.exceptions import RedisError, ResponseError

from brickmod.web.broker import redis_client

log = structlog.get_logger(__name__)

AT_ONCE = 512_000_000  # bytes of a database that is rewritten at any time of the day: some seconds
PATIENCE = 20.0  # seconds for the broker to rewrite its file
_before: list[Callable[[], None]] = []


def before_rewriting(let_go: Callable[[], None]) -> None:
    """A room calls this in its AppConfig.ready when a table of its own keeps more of deleted rows than SQLite does."""
    if let_go not in _before:
        _before.append(let_go)


def scrub(full: bool = False) -> bool:
    """Rewrite what the embedded servers keep on the disk. True: nothing that was deleted is left there.

    A database of more than AT_ONCE bytes is rewritten only when `full`. A PostgreSQL, and a broker that allows no
    rewriting, are somebody else's to look after (docs/privacy.md); they are not waited for.
    """
    database, broker = _database(full), _broker()
    if not (database and broker):
        log.info("scrub.not_yet", database=database, broker=broker)
    return database and broker


def _database(full: bool) -> bool:
    if connection.vendor != "sqlite":
        return True
    small = os.stat(settings.DATABASES["default"]["NAME"]).st_size <= AT_ONCE
    try:
        if small or full:
            for let_go in _before:
                let_go()
        with connection.cursor() as cursor:
            if small or full:
                # `secure_delete` misses copies that SQLite makes when it moves rows from page to page.
                cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy, *_ = cursor.fetchone()
    except DatabaseError as error:
        log.warning("scrub.database_busy", error=type(error).__name__)
        return False
    return (small or full) and not busy


def _broker() -> bool:
    client = redis_client()
    try:
        if not client.info("persistence").get("aof_enabled"):
            return True
        client.bgrewriteaof()
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            state = client.info("persistence")
            if not state["aof_rewrite_in_progress"] and not state["aof_rewrite_scheduled"]:
                return state["aof_last_bgrewrite_status"] == "ok"
            time.sleep(0.1)
    except ResponseError as error:  # a managed broker has no such commands; or a rewrite is under way
        return "in progress" not in str(error)
    except RedisError as error:
        log.warning("scrub.broker_unreachable", error=type(error).__name__)
    return False
