"""The trail is added to, and that is all."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from brickmod.access import audit, trail_guard
from brickmod.access.models import AppendOnly, AuditEvent, Verb

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(moderator) -> AuditEvent:
    return audit.record(
        Verb.DECIDE, "submission", "7", user=moderator, old={"state": "queued"}, new={"state": "approved"}
    )


def test_a_row_says_who_what_and_how_it_was(told, moderator):
    row = AuditEvent.objects.get(pk=told.pk)
    assert (row.user, row.app, row.verb, row.kind, row.object_id) == (moderator, None, "decide", "submission", "7")
    assert (row.old, row.new) == ({"state": "queued"}, {"state": "approved"})


def test_an_unknown_verb_cannot_be_written(db):
    with pytest.raises(ValueError):
        audit.record("fiddle", "submission")  # type: ignore[arg-type]
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.create(verb="fiddle", kind="submission")


def test_the_trail_goes_back_with_what_it_tells(moderator):
    with transaction.atomic():
        audit.record(Verb.DECIDE, "submission", user=moderator)
        transaction.set_rollback(True)
    assert not AuditEvent.objects.filter(verb=Verb.DECIDE).exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.save(),
        lambda row: row.delete(),
        lambda row: AuditEvent.objects.all().delete(),
        lambda row: AuditEvent.objects.filter(pk=row.pk).delete(),
        lambda row: AuditEvent.objects.update(kind="x"),
        lambda row: AuditEvent.objects.bulk_update([row], ["kind"]),
        lambda row: AuditEvent.objects.update_or_create(pk=row.pk, defaults={"kind": "x"}),
    ],
)
def test_the_model_refuses_every_change(told, change):
    with pytest.raises(AppendOnly):
        change(told)
    assert AuditEvent.objects.get(pk=told.pk).kind == "submission"


@pytest.mark.parametrize(
    "sql",
    [
        f"UPDATE {trail_guard.TABLE} SET kind = 'x'",
        f"DELETE FROM {trail_guard.TABLE}",
        f"UPDATE {trail_guard.TABLE} SET user_id = NULL",
    ],
)
def test_the_database_refuses_every_change(told, sql):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert AuditEvent.objects.filter(pk=told.pk, user=told.user).exists()


def test_a_person_with_a_trail_cannot_vanish(told, moderator):
    with pytest.raises(IntegrityError), transaction.atomic():
        moderator.delete()


@pytest.mark.django_db(transaction=True)
def test_flush_empties_it_and_puts_the_guard_up_again(moderator):
    audit.record(Verb.DECIDE, "submission", user=moderator)
    call_command("flush", interactive=False, verbosity=0)
    assert not AuditEvent.objects.exists()
    audit.record(Verb.DECIDE, "submission")
    empty = "TRUNCATE" if connection.vendor == "postgresql" else "DELETE FROM"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{empty} {trail_guard.TABLE}")
    assert AuditEvent.objects.count() == 1


def test_the_guard_can_be_put_up_twice(told):
    trail_guard.put_up()
    trail_guard.put_up()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {trail_guard.TABLE}")
