"""The database itself refuses to change what a person decided while that decision stands.

Only a person ends a decision (undone, or reversed by another one); until then no model, rule or job, and no query typed
by hand, moves the submission anywhere but to its erasure. Triggers, put up after every `migrate` and down before it:
SQLite rebuilds a table that is altered, and looks through every trigger when one is renamed.
"""

from typing import Any

from django.db import connections

from moderation.desk.models import Decision
from moderation.intake.models import Submission

SUBMISSION, DECISION = Submission._meta.db_table, Decision._meta.db_table
SAYS = "a person decided this, and only a person may change it"
CHANGED = "(NEW.state <> OLD.state OR COALESCE(NEW.decided_by, '') <> COALESCE(OLD.decided_by, ''))"
STANDS = f"""OLD.decided_by = 'moderator' AND OLD.state IN ('approved', 'rejected') AND NEW.state <> 'withdrawn'
    AND {CHANGED} AND EXISTS (
        SELECT 1 FROM {DECISION} d WHERE d.submission_id = OLD.id AND d.undone_at IS NULL AND d.reversed_at IS NULL)"""  # noqa: S608  (names of our own tables)

UP = {
    "sqlite": [
        f"""CREATE TRIGGER IF NOT EXISTS person_stands BEFORE UPDATE OF state, decided_by ON {SUBMISSION}
        WHEN {STANDS} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"""
    ],
    "postgresql": [
        f"""CREATE OR REPLACE FUNCTION person_stands() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {STANDS} THEN
                RAISE EXCEPTION '{SAYS}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NEW;
        END $$""",
        f"DROP TRIGGER IF EXISTS person_stands ON {SUBMISSION}",
        f"""CREATE TRIGGER person_stands BEFORE UPDATE OF state, decided_by ON {SUBMISSION}
        FOR EACH ROW EXECUTE FUNCTION person_stands()""",
    ],
}
DOWN = {
    "sqlite": ["DROP TRIGGER IF EXISTS person_stands"],
    "postgresql": [f"DROP TRIGGER IF EXISTS person_stands ON {SUBMISSION}"],
}


def put_up(using: str = "default") -> None:
    """From here on such a change raises IntegrityError. Safe to run again."""
    _run(using, UP)


def take_down(using: str = "default") -> None:
    _run(using, DOWN)


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    put_up(using)


def before_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    take_down(using)


def _run(using: str, statements: dict[str, list[str]]) -> None:
    connection = connections[using]
    there = set(connection.introspection.table_names())
    if not {SUBMISSION, DECISION} <= there:
        return  # not yet, or migrated back to before there was one
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
