"""The pages as forms: everything works without scripts."""

import re

import pytest

from moderation.labelling.models import Answer, LabelTask, Question

pytestmark = pytest.mark.django_db


def fields(html: str) -> list[str]:
    return sorted(set(re.findall(r'name="(answer-[^"]+)"', html)))


def test_answer_progress_and_undo_by_forms(ask, moderator, logged_in, task):
    task.target = 4
    task.save()
    questions = [ask() for _ in range(2)]
    client = logged_in(moderator)
    html = client.get("/labels/face/").content.decode()
    assert " style=" not in html
    assert fields(html) == sorted(f"answer-{q.id}" for q in questions)
    batch = re.search(r'name="batch" value="([^"]+)"', html)[1]
    sent = {"batch": batch, f"answer-{questions[0].id}": "yes"}
    html = client.post("/labels/face/", sent, follow=True).content.decode()
    assert "Counted: 1 answer." in html
    assert "<b>1</b> of 4 until the next training" in html
    assert fields(html) == [f"answer-{questions[1].id}"]
    html = client.post("/labels/undo/", {"task": "face"}, follow=True).content.decode()
    assert "Taken back: 1 answer." in html
    assert len(fields(html)) == 2
    assert "<b>0</b> of 4" in client.get("/labels/").content.decode()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "cannot be read"),
        ({"batch": "1" * 32}, "no answer yet"),
        ({"batch": "1" * 32, "answer-x": "yes"}, "cannot be read"),
        ({"batch": "1" * 32, f"answer-{'2' * 32}": "maybe"}, "cannot be read"),
        ({"batch": "1" * 32} | {f"answer-{n:032x}": "yes" for n in range(13)}, "At most 12"),
        ({"batch": "1" * 32, f"answer-{'2' * 32}": "yes"}, "Not counted: 1 answer"),
    ],
)
def test_what_cannot_be_counted_is_said(moderator, logged_in, sent, says):
    html = logged_in(moderator).post("/labels/face/", sent, follow=True).content.decode()
    assert says in html
    assert Answer.objects.count() == 0


def test_a_feature_without_a_part_says_so(task, settled, moderator, logged_in):
    near = [["no", "moderator", 1.25]]
    Question.objects.create(task=task, feature=settled[45], why="unseen", near=near)
    html = logged_in(moderator).get("/labels/face/").content.decode()
    assert "Nothing is left to show." in html
    assert "<td>no</td><td>moderator</td>" in html
    assert "1.25" in html
    assert str(settled[45]) not in html


def test_a_picture_only_while_it_is_asked(ask, ml_engineer, lead, logged_in):
    """An engineer may not look through children's pictures; a question held is the only way to one."""
    question = ask()
    client = logged_in(ml_engineer)
    address = f"/labels/parts/{question.part_id}/"
    assert client.get(address).status_code == 404
    client.get("/labels/face/")
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert logged_in(lead).get(address).status_code == 404
    assert client.get(f"/parts/{question.part_id}/preview").status_code == 403


def test_a_task_that_is_off_is_not_there(moderator, logged_in):
    LabelTask.objects.filter(task="face").update(on=False)
    assert logged_in(moderator).get("/labels/face/").status_code == 404
    assert "Is a real person" not in logged_in(moderator).get("/labels/").content.decode()


@pytest.mark.parametrize("address", ["/labels/face/", "/labels/undo/"])
def test_others_may_not_answer(outsider, logged_in, address):
    assert logged_in(outsider).post(address, {}).status_code == 403


def test_an_admin_edits_a_task(admin_user, logged_in, task):
    client = logged_in(admin_user)
    assert client.get(f"/admin/labelling/labeltask/{task.pk}/change/").status_code == 200
    assert "face" in client.get("/admin/labelling/labeltask/").content.decode()
