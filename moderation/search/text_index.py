"""The index by which the texts of parts are found, kept by the database itself: nobody can write a text past it.

PostgreSQL: GIN indexes on the tables, no copy of anything. SQLite: an FTS5 table of words without the texts and without
their order, kept by triggers, and `search_part`, which gives each part a number (SQLite's own numbers change when a
database is rewritten). Put up after every `migrate`; the triggers are taken down before one, which may rebuild tables.
"""

from typing import Any
from uuid import UUID

from django.db import connection as here
from django.db import connections, transaction
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from moderation.intake.models import Part, Submission
from moderation.search.words import for_postgres, for_sqlite

PART, SUBMISSION = Part._meta.db_table, Submission._meta.db_table
NUMBERS, WORDS = "search_part", "search_words"
TRIGGERS = ("search_part_new", "search_part_gone", "search_part_changed")

_TAKE_OUT = f"""INSERT INTO {WORDS}({WORDS}, rowid, text) SELECT 'delete', id, OLD.text FROM {NUMBERS}
    WHERE part = OLD.id; DELETE FROM {NUMBERS} WHERE part = OLD.id;"""  # noqa: S608  (names of our own tables)
_TAKE_IN = f"""INSERT INTO {NUMBERS}(part) SELECT NEW.id WHERE NEW.text <> '';
    INSERT INTO {WORDS}(rowid, text) SELECT id, NEW.text FROM {NUMBERS} WHERE part = NEW.id;"""  # noqa: S608

FEW = 2_000
# MATERIALIZED: all of it is asked for, so that the planner takes the index and not a walk that may end early.
HITS = {
    "postgresql": f"WITH hits AS MATERIALIZED (SELECT submission_id FROM {PART} WHERE text <> ''"  # noqa: S608
    " AND to_tsvector('simple', text) @@ to_tsquery('simple', %s)) SELECT submission_id FROM hits",
    "sqlite": f"SELECT p.submission_id FROM {WORDS} w JOIN {NUMBERS} n ON n.id = w.rowid"  # noqa: S608
    f" JOIN {PART} p ON p.id = n.part WHERE {WORDS} MATCH %s",
}
POSTGRES = [
    f"CREATE INDEX IF NOT EXISTS {WORDS} ON {PART} USING gin (to_tsvector('simple', text)) WHERE text <> ''",
    f"CREATE INDEX IF NOT EXISTS search_reasons ON {SUBMISSION} USING gin (reasons jsonb_path_ops)"
    " WHERE reasons <> '[]'::jsonb",
]
SQLITE_TABLES = [
    f"CREATE TABLE IF NOT EXISTS {NUMBERS} (id INTEGER PRIMARY KEY AUTOINCREMENT, part CHAR(32) NOT NULL UNIQUE)",
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {WORDS} USING fts5(text, content='', detail=none,"
    " tokenize='unicode61 remove_diacritics 0')",
]
SQLITE_TRIGGERS = [
    f"CREATE TRIGGER IF NOT EXISTS {TRIGGERS[0]} AFTER INSERT ON {PART} WHEN NEW.text <> '' BEGIN {_TAKE_IN} END",
    f"CREATE TRIGGER IF NOT EXISTS {TRIGGERS[1]} AFTER DELETE ON {PART} WHEN OLD.text <> '' BEGIN {_TAKE_OUT} END",
    f"CREATE TRIGGER IF NOT EXISTS {TRIGGERS[2]} AFTER UPDATE OF text ON {PART} WHEN OLD.text <> NEW.text"
    f" BEGIN {_TAKE_OUT} {_TAKE_IN} END",
]


def having(words: list[str]) -> Q | RawSQL:
    """A condition on submissions: a part has all of `words`.

    Asked in two steps, since no planner knows how rare the beginning of a word is: what few submissions have is named;
    what many have is looked for row by row, the newest first, and soon found.
    """
    query = for_postgres(words) if here.vendor == "postgresql" else for_sqlite(words)
    with here.cursor() as cursor:
        cursor.execute(f"{HITS[here.vendor]} LIMIT {FEW + 1}", [query])
        found = cursor.fetchall()
    if len(found) <= FEW:
        return Q(id__in={id if isinstance(id, UUID) else UUID(id) for (id,) in found})
    if here.vendor == "postgresql":
        # OFFSET 0: so that it stays a question to each row, and does not become a join over everything.
        sql = (
            f"EXISTS (SELECT 1 FROM {PART} p WHERE p.submission_id = {SUBMISSION}.id AND p.text <> ''"  # noqa: S608
            " AND to_tsvector('simple', p.text) @@ to_tsquery('simple', %s) OFFSET 0)"
        )
        return RawSQL(sql, [query], output_field=BooleanField())  # noqa: S611
    return Q(id__in=RawSQL(HITS["sqlite"], [query]))  # noqa: S611


def put_up(using: str = "default") -> None:
    """Safe to run again; takes in what came while the triggers were down."""
    connection = connections[using]
    if not {PART, SUBMISSION} <= set(connection.introspection.table_names()):
        return  # not yet, or migrated back to before there was one
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for statement in POSTGRES:
                cursor.execute(statement)
            return
        for statement in SQLITE_TABLES:
            cursor.execute(statement)
        cursor.execute(f"SELECT 1 FROM {NUMBERS} WHERE part NOT IN (SELECT id FROM {PART}) LIMIT 1")  # noqa: S608
        if cursor.fetchone():
            # Something went while nobody watched, and its words cannot be taken out without its text: begin anew.
            cursor.execute(f"DROP TABLE {WORDS}")
            cursor.execute(f"DELETE FROM {NUMBERS}")  # noqa: S608
            cursor.execute(SQLITE_TABLES[1])
        cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {NUMBERS}")  # noqa: S608
        [(last,)] = cursor.fetchall()
        cursor.execute(
            f"INSERT INTO {NUMBERS}(part) SELECT id FROM {PART} WHERE text <> ''"  # noqa: S608
            f" AND id NOT IN (SELECT part FROM {NUMBERS})"
        )
        cursor.execute(
            f"INSERT INTO {WORDS}(rowid, text) SELECT n.id, p.text FROM {NUMBERS} n"  # noqa: S608
            f" JOIN {PART} p ON p.id = n.part WHERE n.id > %s",
            [last],
        )
        for statement in SQLITE_TRIGGERS:
            cursor.execute(statement)


def take_down(using: str = "default") -> None:
    if connections[using].vendor == "sqlite":
        with connections[using].cursor() as cursor:
            for trigger in TRIGGERS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}")


def forget_deleted() -> None:
    """SQLite's index keeps the words of a deleted text, marked as gone, until it is merged: merge it."""
    if here.vendor == "sqlite" and WORDS in here.introspection.table_names():
        with here.cursor() as cursor:
            cursor.execute(f"INSERT INTO {WORDS}({WORDS}) VALUES ('optimize')")  # noqa: S608


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    put_up(using)


def before_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    take_down(using)
