"""The database itself refuses to change or delete what stands in the audit trail.

Put up after every `migrate`, not in one migration: SQLite rebuilds a table that is altered, and its triggers are gone.
"""

from typing import Any

from django.db import connections

from brickmod.access.models import AuditEvent

TABLE = AuditEvent._meta.db_table
_SAYS = "the audit trail is append-only"

_SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS {TABLE}_no_{event} BEFORE {event.upper()} ON {TABLE} "
    f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
    for event in ("update", "delete")
]
_SQLITE_DOWN = [f"DROP TRIGGER IF EXISTS {TABLE}_no_{event}" for event in ("update", "delete")]

_POSTGRES_DOWN = [
    f"DROP TRIGGER IF EXISTS {TABLE}_no_change ON {TABLE}",
    f"DROP TRIGGER IF EXISTS {TABLE}_no_truncate ON {TABLE}",
]
_POSTGRES = [
    f"""CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{_SAYS}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    *_POSTGRES_DOWN,
    f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
    f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()",
    f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()",
]

_UP = {"sqlite": _SQLITE, "postgresql": _POSTGRES}
_DOWN = {"sqlite": _SQLITE_DOWN, "postgresql": _POSTGRES_DOWN}


def put_up(using: str = "default") -> None:
    """From here on UPDATE, DELETE and TRUNCATE of the trail raise IntegrityError. Safe to run again."""
    _run(using, _UP)


def take_down(using: str = "default") -> None:
    """For `flush` alone, which empties every table and puts the guard up again."""
    _run(using, _DOWN)


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    put_up(using)


def _run(using: str, statements: dict[str, list[str]]) -> None:
    connection = connections[using]
    if TABLE not in connection.introspection.table_names():
        return  # migrated back to before there was a trail
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
