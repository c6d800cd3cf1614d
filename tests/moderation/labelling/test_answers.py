"""From a question to a label, and back."""

import uuid
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, connection
from django.utils import timezone

from featurestore.labels.views import apply
from featurestore.store import get_store
from featurestore.store.base import ids_of
from moderation.labelling import actions
from moderation.labelling.models import Agreement, Answer, Question, Tally
from moderation.prefilter.links import features_of

pytestmark = pytest.mark.django_db


def give(user, *pairs) -> actions.Counted:
    return actions.answer(user, uuid.uuid4(), {question.id: value for question, value in pairs})


def standing() -> dict:
    """Feature -> (label, weight) as a training would see it."""
    evidence = get_store().evidence("face", "test")
    labels = apply("", evidence, "face")
    ids = ids_of(evidence.features.keys[labels.row])
    return {id: (str(v), float(w)) for id, v, w in zip(ids, labels.value, labels.weight, strict=True)}


def test_an_answer_labels_every_feature_that_can_learn_it(ask, moderator):
    question = ask()
    assert give(moderator, (question, "yes")) == actions.Counted(1, 0)
    ids = features_of(question.part)
    assert len(ids) == 2
    assert standing() == dict.fromkeys(ids, ("yes", 1.0))
    [said, _] = get_store().said(ids)
    assert (said.source, said.labeller) == ("labelling", "moderator")
    assert Tally.objects.get().count == 1


def test_not_sure_is_no_label(ask, moderator):
    question = ask()
    assert give(moderator, (question, "unsure")).counted == 1
    assert standing() == {}


def test_the_same_batch_twice_counts_once(ask, moderator):
    question, batch = ask(), uuid.uuid4()
    for _ in range(2):
        assert actions.answer(moderator, batch, {question.id: "no"}).counted == 1
    assert Answer.objects.count() == 1
    assert Tally.objects.get().count == 1


def test_undo_takes_back_the_last_batch_and_leaves_what_others_said(ask, moderator, lead):
    question, other = ask(wanted=2), ask()
    give(lead, (question, "yes"))
    give(moderator, (question, "no"), (other, "no"))
    ids = features_of(question.part)
    assert standing()[ids[0]] == ("no", 1.0)
    assert actions.undo(moderator) == actions.Counted(2, 0)
    assert standing() == dict.fromkeys(ids, ("yes", 1.0))
    assert sum(Tally.objects.values_list("count", flat=True)) == 1
    # They are asked of the same person again, and the answer stands after the withdrawal.
    assert {q.id for q in actions.pick(moderator, question.task)} == {question.id, other.id}
    give(moderator, (other, "yes"))
    assert standing()[features_of(other.part)[0]] == ("yes", 1.0)


def test_undo_with_nothing_sent(moderator):
    assert actions.undo(moderator) == actions.Counted(0, 0)


def test_two_people_never_hold_the_same_question(ask, moderator, lead):
    for _ in range(5):
        ask()
    task = Question.objects.first().task
    first = actions.pick(moderator, task, 3)
    second = actions.pick(lead, task, 3)
    assert len(first) == 3
    assert len(second) == 2
    assert not {q.id for q in first} & {q.id for q in second}
    assert [q.id for q in actions.pick(moderator, task, 3)] == [q.id for q in first]
    assert give(lead, (first[0], "yes")) == actions.Counted(0, 1)


def test_a_question_for_two_goes_to_another_person(ask, moderator, lead):
    question = ask(wanted=2)
    give(moderator, (question, "yes"))
    assert actions.pick(moderator, question.task) == []
    assert [q.id for q in actions.pick(lead, question.task)] == [question.id]
    give(lead, (question, "yes"))
    assert Answer.objects.filter(question=question).count() == 2


def test_no_answer_without_a_link(ask, moderator, monkeypatch):
    """The window closed while the page was open."""
    question = ask()
    [held] = actions.pick(moderator, question.task)
    later = timezone.now() + timedelta(hours=django_settings.LINK_HOURS + 2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert give(moderator, (held, "yes")) == actions.Counted(0, 1)
    assert Answer.objects.count() == 0


def test_an_answer_without_a_part_stands_behind_all_others(task, settled, moderator):
    seen, unseen = settled[0], settled[45]
    questions = [Question.objects.create(task=task, feature=id, why="random") for id in (seen, unseen)]
    give(moderator, *[(question, "yes") for question in questions])
    found = standing()
    assert found[seen] == ("no", 1.0)  # a moderator saw it
    assert found[unseen][0] == "yes"
    assert found[unseen][1] == pytest.approx(0.3)


def test_a_question_never_knows_part_and_feature(ask, settled):
    question = ask()
    question.feature = settled[0]
    with pytest.raises(IntegrityError):
        question.save()


def test_closing_forgets_who_said_what_and_keeps_how_far_they_agreed(ask, moderator, lead, task):
    pairs = [("yes", "yes")] * 6 + [("no", "no")] * 6 + [("yes", "no")]
    for first, second in pairs:
        question = ask(wanted=2)
        give(moderator, (question, first))
        give(lead, (question, second))
    assert actions.close() == 0
    for question in Question.objects.all():
        question.part.links.all().delete()
    assert actions.close() == 13
    assert Answer.objects.count() == Question.objects.count() == 0
    kept = Agreement.objects.get()
    assert (kept.measure, kept.people, kept.questions) == ("Cohen's kappa", 2, 13)
    assert kept.low < kept.figure < kept.high
    assert sum(Tally.objects.values_list("count", flat=True)) == 26


def test_an_erased_part_takes_question_and_answers_with_it(ask, moderator):
    question = ask()
    give(moderator, (question, "yes"))
    ids = features_of(question.part)
    question.part.submission.delete()
    with connection.cursor() as cursor:
        for table in ("labelling_question", "labelling_answer"):
            cursor.execute(f"select count(*) from {table}")
            assert cursor.fetchone() == (0,)
    assert len(ids) == 2
