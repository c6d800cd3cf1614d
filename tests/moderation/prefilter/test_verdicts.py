"""What follows from findings, written once and together."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from brickmod.outbox.models import Event
from featurestore.models import Feature, Label
from moderation.desk.queue import URGENT
from moderation.detectors.base import Finding as Found
from moderation.intake.actions import erase
from moderation.intake.models import State, Submission
from moderation.prefilter import actions, links
from moderation.prefilter.learned import teach, unteach
from moderation.prefilter.looking import Made
from moderation.prefilter.models import Finding

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def again(submission: Submission) -> Submission:
    return Submission.objects.get(id=submission.id)


def test_a_clear_one_waits_for_a_person(send, looked):
    submission = send()
    assert actions.conclude(looked(submission))
    now = again(submission)
    assert (now.state, now.decided_by, now.priority) == (State.QUEUED, None, 0)
    assert now.review_due_at == now.received_at + timedelta(minutes=15)
    assert Finding.objects.count() == 2
    assert Event.objects.get().payload["status"] == "queued"


def test_a_sure_one_is_rejected_with_a_word_for_the_child(send, looked):
    submission = send()
    actions.conclude(looked(submission, image="reject"))
    now = again(submission)
    assert (now.state, now.decided_by) == (State.REJECTED, "prefilter")
    assert [reason["code"] for reason in now.reasons] == ["bad_picture"]
    assert now.feedback
    payload = Event.objects.get().payload
    assert payload["status"] == "rejected"
    assert payload["feedback"] == now.feedback
    assert Feature.objects.count() == 0  # nobody will label it


@pytest.mark.parametrize("verdict", ["flag", "error"])
def test_doubt_and_errors_go_to_a_person_first(send, looked, verdict):
    submission = send()
    actions.conclude(looked(submission, image=verdict))
    assert (again(submission).state, again(submission).priority) == (State.QUEUED, 1)


@pytest.mark.parametrize("reason", ["self_harm", "grooming"])
def test_who_may_be_in_need_is_never_rejected_by_machine_and_goes_first(send, looked, reason):
    submission = send()
    look = looked(submission, image="reject")
    text = next(part for part in look.parts if part.part.kind == "text")
    text.made.append(Made(Found("harm", "flag", 0.9, 0.5, reason), "1", 1.0))
    actions.conclude(look)
    assert (again(submission).state, again(submission).priority) == (State.QUEUED, URGENT)
    assert again(submission).feedback == ""


def test_the_second_verdict_changes_nothing(send, looked):
    submission = send()
    assert actions.conclude(looked(submission))
    assert not actions.conclude(looked(submission, image="reject"))
    assert again(submission).state == State.QUEUED
    assert (Finding.objects.count(), Event.objects.count(), Feature.objects.count()) == (2, 1, 2)


def test_the_audit_sample_is_never_rejected_by_a_machine(send, looked):
    submission = send()
    Submission.objects.update(audit=True)
    actions.conclude(looked(again(submission), image="reject"))
    assert again(submission).state == State.QUEUED


def test_the_database_itself_refuses_to_approve_without_a_person(send, looked):
    submission = send()
    actions.conclude(looked(submission))
    for by in (None, "prefilter"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Submission.objects.filter(id=submission.id).update(state=State.APPROVED, decided_by=by)


def test_states_move_only_as_declared(send):
    submission = send()
    with pytest.raises(ValueError, match="no way"):
        Submission.objects.move(submission.id, State.ANALYSING, State.APPROVED)


def test_a_lease_keeps_others_away_until_it_runs_out(send):
    one, two = send("1"), send("2")
    assert actions.take(one.id) == [one.id, two.id]
    assert actions.take(one.id) == []
    assert actions.take(None) == []
    Submission.objects.update(look_leased_until=timezone.now() - timedelta(seconds=1))
    assert set(actions.take(None)) == {one.id, two.id}
    assert set(Submission.objects.values_list("looks", flat=True)) == {2}


def test_the_batch_is_bounded(send):
    for n in range(12):
        send(f"{n}")
    assert len(actions.take(None)) == actions.BATCH
    assert len(actions.take(None)) == 12 - actions.BATCH


def test_after_too_many_tries_a_person_takes_over(send):
    submission = send()
    Submission.objects.update(looks=actions.MAX_LOOKS, look_leased_until=None)
    actions.look(actions.take(submission.id))
    assert (again(submission).state, again(submission).priority) == (State.QUEUED, 1)
    assert Finding.objects.count() == 0


def labels() -> set[tuple[str, str, bool]]:
    return set(Label.objects.values_list("task", "value", "withdrawn"))


def test_an_approval_teaches_no_to_every_task(send, looked):
    submission = send()
    actions.conclude(looked(submission))
    assert teach(submission, "approve", [], 1) == 4
    assert labels() == {(task, "no", False) for task in ("face", "nudity", "quality", "profanity")}


def test_a_rejection_teaches_only_its_own_task(send, looked):
    submission = send()
    actions.conclude(looked(submission, text="flag"))
    teach(submission, "reject", ["rude"], 1)
    assert labels() == {("profanity", "yes", False)}
    assert unteach(submission) == 1
    assert Label.objects.filter(withdrawn=True).count() == 1
    assert unteach(submission) == 1  # said again, it still takes back only what was said


def test_erasure_takes_files_findings_and_features_along(send, looked, settings):
    submission, other = send("1"), send("2")
    for row in (submission, other):
        actions.conclude(looked(row))
    files = [stored for part in submission.parts.all() for stored in (part.file, part.preview) if stored]
    assert all(stored.storage.exists(stored.name) for stored in files)
    erase(submission)
    assert not Submission.objects.filter(id=submission.id).exists()
    assert not any(stored.storage.exists(stored.name) for stored in files)
    assert (Feature.objects.count(), Finding.objects.count()) == (2, 2)
    assert set(links.features_of(list(other.parts.all()))) == set(Feature.objects.values_list("id", flat=True))
    assert not Event.objects.filter(subject=str(submission.id), payload__external_id="1").exists()
