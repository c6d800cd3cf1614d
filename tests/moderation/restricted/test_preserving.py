"""Step by step into the vault; a step that fails says so, and is done later."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.utils import timezone

from brickmod.access.models import AuditEvent, Verb
from featurestore.store import get_store
from moderation.desk.restricting import restrict
from moderation.intake.models import Part, State, Submission
from moderation.restricted import vault
from moderation.restricted.actions import NotDone, destroy, prolong, report
from moderation.restricted.models import STEPS, Case
from moderation.restricted.preserving import preserve, record_of
from moderation.restricted.sealing import Broken
from moderation.restricted.tasks import destroy_due, preserve_due
from tests.moderation.restricted.conftest import SECRET
from tests.submissions import picture

pytestmark = pytest.mark.django_db


def files_of(submission) -> list[str]:
    return [name for part in submission.parts.exclude(kind="text") for name in (part.file.name, part.preview.name)]


def media() -> Path:
    return Path(django_settings.STORAGES["default"]["OPTIONS"]["location"])


def test_all_that_was_there_is_in_the_vault_and_nowhere_else(bad, moderator):
    names = files_of(bad)
    case = restrict(moderator, bad)
    assert preserve(case)
    case.refresh_from_db()
    assert set(case.steps) == set(STEPS)
    assert (case.state, case.problem, case.was) == ("open", "", {})
    assert not any((media() / name).exists() for name in names)
    assert not Part.objects.filter(submission=bad).exists()
    assert [file["part"] for file in case.files] == ["image:0", "image:1"]
    for file in case.files:
        assert b"".join(vault.pieces(case.id, file["part"], file["sealed"])) == picture()
        assert picture()[:64] not in vault.storage().open(file["sealed"]).read()
    told = record_of(case)
    assert [part["text"] for part in told["parts"] if part["text"]] == [SECRET, SECRET]
    assert told["before"]["state"] == State.QUEUED
    assert told["author"] == "nord-417"
    assert get_store().get([bad.feature]) == []
    assert AuditEvent.objects.filter(verb=Verb.PRESERVE, object_id=str(case.id)).count() == 1


def test_no_table_holds_a_word_of_it(kept):
    for model in apps.get_models():
        for row in model._base_manager.values():
            assert SECRET not in json.dumps(row, default=repr), model


def test_what_people_decided_goes_into_the_record(bad, moderator):
    from moderation.desk import actions as desk

    desk.claim_next(moderator)
    desk.decide(moderator, bad, "approve", note="looks fine to me")
    case = restrict(moderator, bad)
    preserve(case)
    case.refresh_from_db()
    assert record_of(case)["decisions"][0]["note"] == "looks fine to me"


def test_a_text_alone_is_a_case_too(waiting, moderator):
    case = restrict(moderator, waiting(title=SECRET))
    assert preserve(case)
    case.refresh_from_db()
    assert case.files == []
    assert record_of(case)["parts"][0]["text"] == SECRET


@pytest.mark.parametrize("step", STEPS)
def test_whichever_step_fails_the_case_says_so_and_the_next_round_ends_it(step, hidden, bad, monkeypatch):
    from moderation.restricted import preserving

    names = files_of(bad)
    monkeypatch.setitem(
        preserving._DO, step, lambda case: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    assert not preserve(hidden)
    hidden.refresh_from_db()
    assert (hidden.state, hidden.tries) == ("stuck", 1)
    assert hidden.problem == f"{STEPS[step]}: No space left on device"
    assert step not in hidden.steps
    if step in ("previews", "features", "record", "files"):
        assert all((media() / name).exists() for name in names if "preview" not in name)  # nothing is lost
    monkeypatch.undo()
    assert preserve_due() == 1
    hidden.refresh_from_db()
    assert (hidden.state, hidden.problem) == ("open", "")
    assert not any((media() / name).exists() for name in names)


def test_a_vault_that_cannot_be_written_loses_nothing(hidden, bad, monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    monkeypatch.setattr(django_settings, "VAULT_KEYS_FOLDER", blocked / "keys")
    assert not preserve(hidden)
    hidden.refresh_from_db()
    assert hidden.problem.startswith(STEPS["record"])
    assert bad.parts.get(role="title").text == SECRET
    monkeypatch.undo()
    assert preserve(hidden)


def test_what_does_not_read_back_is_not_taken_away(hidden, bad, monkeypatch):
    monkeypatch.setattr(vault, "pieces", lambda *args: iter([b"something else"]))
    assert not preserve(hidden)
    hidden.refresh_from_db()
    assert hidden.problem.startswith(STEPS["files"])
    assert all((media() / part.file.name).exists() for part in bad.parts.filter(kind="image"))


def test_one_worker_at_a_time_and_one_that_died_is_followed(hidden):
    Case.objects.filter(id=hidden.id).update(leased_until=timezone.now() + timedelta(minutes=1))
    assert not preserve(hidden)
    assert preserve_due() == 0
    Case.objects.filter(id=hidden.id).update(leased_until=timezone.now() - timedelta(seconds=1))
    assert preserve_due() == 1
    assert preserve(hidden)  # again changes nothing
    assert AuditEvent.objects.filter(verb=Verb.PRESERVE).count() == 1


def test_a_case_that_is_stuck_stays_on_the_desk_of_who_hid_it(hidden, moderator, logged_in, monkeypatch):
    from moderation.restricted import preserving

    monkeypatch.setitem(preserving._DO, "files", lambda case: (_ for _ in ()).throw(OSError(28, "No space left")))
    preserve(hidden)
    html = logged_in(moderator).get("/desk/").content.decode()
    assert f"Case {hidden.number}: Hidden, but not yet preserved." in html
    assert "No space left" in html


# -- the hold ---------------------------------------------------------------------------------------------------------
def test_the_hold_lasts_as_long_as_the_setting_says(bad, moderator, settings):
    settings.HOLD_DAYS, settings.REPORT_HOURS = 90, 2
    case = restrict(moderator, bad)
    assert case.hold_until - case.made_at == timedelta(days=90)
    assert case.due_at - case.made_at == timedelta(hours=2)


def test_what_was_not_reported_is_kept_beyond_its_hold(kept, moderator):
    Case.objects.filter(id=kept.id).update(hold_until=timezone.now() - timedelta(days=1))
    assert destroy_due() == 0
    assert Case.objects.get(id=kept.id).record


def test_a_hold_that_has_ended_is_destroyed_and_told(kept, bad, custodian):
    report(custodian, kept, "NCMEC 1234", "NCMEC")
    assert destroy_due() == 0
    sealed = [file["sealed"] for file in kept.files]
    Case.objects.filter(id=kept.id).update(hold_until=timezone.now() - timedelta(seconds=1))
    assert destroy_due() == 1
    gone = Case.objects.get(id=kept.id)
    assert (gone.state, gone.record, gone.files, gone.receipt) == ("destroyed", None, [], "NCMEC 1234")
    assert not any(vault.storage().exists(name) for name in sealed)
    with pytest.raises(Broken):
        vault.existing_key(kept.id)
    assert not Submission.objects.filter(id=bad.id).exists()
    assert AuditEvent.objects.filter(verb=Verb.DESTROY, object_id=str(kept.id)).count() == 1
    assert destroy_due() == 0
    assert not destroy(gone)
    with pytest.raises(NotDone):
        prolong(custodian, gone, 5)


def test_a_hold_is_only_made_longer(kept, custodian):
    until = kept.hold_until
    assert prolong(custodian, kept, 90).hold_until == until + timedelta(days=90)
    for days in (0, -5, 10_000):
        with pytest.raises(NotDone):
            prolong(custodian, kept, days)


def test_the_first_receipt_counts(kept, custodian):
    with pytest.raises(NotDone):
        report(custodian, kept, " ", "NCMEC")
    assert report(custodian, kept, "A-1", "police").receipt == "A-1"
    assert report(custodian, kept, "A-1", "police").receipt == "A-1"
    with pytest.raises(NotDone):
        report(custodian, kept, "A-2", "police")


def test_the_gauges_say_what_is_open_late_and_stuck(kept):
    from moderation.restricted.gauges import read

    Case.objects.filter(id=kept.id).update(due_at=timezone.now() - timedelta(seconds=1))
    assert {gauge.name.rsplit("_", 1)[1]: gauge.value for gauge in read()} == {"open": 1, "overdue": 1, "stuck": 0}
