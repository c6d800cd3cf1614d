"""What `migrate` puts into the database, and what it leaves alone."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from moderation.feedback import shipped
from moderation.feedback.models import FeedbackText, Policy, Reason
from moderation.feedback.planting import after_migrate, plant
from moderation.feedback.texts import current_policy, feedback_for


def planted() -> int:
    return plant("default", apps)


@pytest.mark.django_db
def test_migrate_alone_makes_all_of_it():
    assert Reason.objects.count() == 15
    assert FeedbackText.objects.count() == len(shipped.texts()) == 23 * len(shipped.languages())
    assert [policy.version for policy in Policy.objects.all()] == [1]
    assert list(Reason.objects.offered().values_list("key", flat=True)) == [*"1234567890", *[None] * 5]


@pytest.mark.django_db
def test_a_second_time_writes_nothing():
    assert planted() == 0
    assert Policy.objects.count() == 1


@pytest.mark.django_db
def test_an_edited_text_stays_and_another_is_brought_up_to_date_under_a_new_policy():
    FeedbackText.objects.filter(reason_id="face", language="da").update(text="Vores egen.", edited=True)
    FeedbackText.objects.filter(reason_id="face", language="sv").update(text="From an older release.")
    assert planted() == 1
    assert FeedbackText.objects.get(reason_id="face", language="da").text == "Vores egen."
    assert FeedbackText.objects.get(reason_id="face", language="sv").text == shipped.texts()["face", "sv"].text
    assert current_policy() == 2


@pytest.mark.django_db
def test_an_edited_reason_keeps_its_key_and_the_shipped_one_goes_without():
    Reason.objects.filter(code="advert").update(key=None)
    Reason.objects.create(code="too_big", title="Too big", explains="…", key="8", edited=True)
    planted()
    assert Reason.objects.get(code="too_big").key == "8"
    assert Reason.objects.get(code="advert").key is None
    assert planted() == 0


@pytest.mark.django_db
def test_reasons_may_change_places():
    Reason.objects.filter(code="face").update(key=None)
    Reason.objects.filter(code="rude").update(key="1")
    Reason.objects.filter(code="face").update(key="3")
    assert planted() == 2
    assert dict(Reason.objects.filter(code__in=["face", "rude"]).values_list("code", "key")) == {
        "face": "1",
        "rude": "3",
    }


@pytest.mark.django_db
def test_a_deleted_text_comes_back_with_the_next_release():
    FeedbackText.objects.filter(language="fi").delete()
    assert planted() == 23


@pytest.mark.django_db(transaction=True)
def test_a_database_that_was_emptied_is_filled_again():
    call_command("flush", interactive=False, verbosity=0)
    assert Reason.objects.count() == 15
    assert current_policy() == 1
    assert feedback_for(["face"], "da") == shipped.texts()["face", "da"].text


@pytest.mark.django_db
def test_a_state_before_the_texts_had_this_shape_is_passed_over():
    old = MigrationExecutor(connection).loader.project_state([("feedback", "0001_initial")]).apps
    FeedbackText.objects.all().delete()
    after_migrate("default", old)
    assert not FeedbackText.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"reason_id": "face", "language": "da"},
        {"occasion": "general", "language": "da"},
        {"occasion": "reason", "language": "et"},
        {"occasion": "general", "reason_id": "face", "language": "et"},
        {"occasion": "never", "language": "et"},
    ],
    ids=["same reason", "same occasion", "no reason", "both", "unknown occasion"],
)
def test_the_database_refuses_a_text_that_cannot_be(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        FeedbackText.objects.create(text="x", **fields)
