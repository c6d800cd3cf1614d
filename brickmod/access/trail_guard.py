"""The database itself refuses to change or delete what stands in the audit trail, and in other tables of its kind.

Put up after every `migrate`, not in one migration: SQLite rebuilds a table that is altered, and its triggers are gone.
"""

from typing import Any

from django.db import connections

from brickmod.access.models import AuditEvent

TABLE = AuditEvent._meta.db_table
_tables: dict[str, str] = {TABLE: "the audit trail is append-only"}


def guard(table: str, says: str) -> None:
    """A room calls this in its AppConfig.ready for a table that is only added to. `says` stands in the error."""
    _tables[table] = says


def put_up(using: str = "default") -> None:
    """From here on UPDATE, DELETE and TRUNCATE of such a table raise IntegrityError. Safe to run again."""
    _run(using, {"sqlite": _sqlite, "postgresql": _postgres})


def take_down(using: str = "default") -> None:
    """For `flush` alone, which empties every table and puts the guard up again."""
    _run(using, {"sqlite": _sqlite_down, "postgresql": _postgres_down})


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    put_up(using)


def _run(using: str, statements: dict[str, Any]) -> None:
    connection = connections[using]
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, says in _tables.items():
            if table not in there:
                continue  # migrated back to before there was one
            for statement in statements[connection.vendor](table, says):
                cursor.execute(statement)


def _sqlite(table: str, says: str) -> list[str]:
    return [
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{event} BEFORE {event.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
        for event in ("update", "delete")
    ]


def _sqlite_down(table: str, says: str) -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {table}_no_{event}" for event in ("update", "delete")]


def _postgres(table: str, says: str) -> list[str]:
    return [
        f"""CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION '{says}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        *_postgres_down(table, says),
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    ]


def _postgres_down(table: str, says: str) -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {table}_no_{event} ON {table}" for event in ("change", "truncate")]
