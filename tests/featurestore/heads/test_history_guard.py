"""The history of promotions is added to, and that is all."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from featurestore.heads.models import Kind, PromotionEvent

pytestmark = pytest.mark.django_db
TABLE = PromotionEvent._meta.db_table


@pytest.fixture
def told(heads, task, lead) -> PromotionEvent:
    return PromotionEvent.objects.create(task=task, kind=Kind.PROMOTE, old=heads[0], new=heads[1], by=lead, reason="x")


@pytest.mark.parametrize("sql", [f"UPDATE {TABLE} SET reason = 'y'", f"DELETE FROM {TABLE}"])
def test_the_database_refuses_every_change(told, sql):
    with (
        pytest.raises(IntegrityError, match="the history of promotions is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert PromotionEvent.objects.get().reason == "x"


def test_the_queryset_does_not_get_past_it_either(told):
    for change in (lambda: PromotionEvent.objects.update(reason="y"), lambda: PromotionEvent.objects.all().delete()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            change()


def test_the_model_says_so_first(told):
    for change in (told.save, told.delete):
        with pytest.raises(TypeError, match="append-only"):
            change()


@pytest.mark.django_db(transaction=True)
def test_flush_empties_it_and_puts_the_guard_up_again(told, task):
    call_command("flush", interactive=False, verbosity=0)
    assert not PromotionEvent.objects.exists()
    PromotionEvent.objects.create(task=task, kind=Kind.HOLD, reason="y")
    empty = "TRUNCATE" if connection.vendor == "postgresql" else "DELETE FROM"
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{empty} {TABLE}")
    assert PromotionEvent.objects.count() == 1
