"""The one door, through HTTP: what is taken, what is refused, and in which words."""

import io
import threading
import uuid

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from PIL import Image

from brickmod.access.actions import issue_key
from brickmod.access.models import App, Scope
from moderation.intake.models import Part, State, Submission

URL = "/api/v1/submissions/"
pytestmark = [pytest.mark.django_db]


def picture(colour: str = "teal", kind: str = "JPEG") -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, kind)
    out.seek(0)
    out.name = f"../../etc/passwd.{kind.lower()}"
    return out


def fields(**more):  # type: ignore[no-untyped-def]
    base = {"external_id": "u-1", "author": "kid-7", "market": "DK", "language": "da", "title": "Min bil"}
    return {name: value for name, value in {**base, **more}.items() if value is not None}


def problem(response, status: int) -> dict:  # type: ignore[no-untyped-def]
    assert response.status_code == status, response.content
    assert response["Content-Type"].startswith("application/problem+json")
    body = response.json()
    assert body["status"] == status
    assert body["title"]
    return body


def test_an_upload_is_taken(api):
    response = api.post(URL, fields(images=[picture(), picture("red")], hashtags=["#car", "city"], text="Den kører!"))
    assert response.status_code == 202
    body = response.json()
    assert body["status"] == "analysing"
    assert (body["decided_by"], body["reasons"], body["feedback"]) == (None, [], "")
    assert body["received_at"].endswith("Z")
    submission = Submission.objects.get(id=body["id"])
    assert [part.name for part in submission.parts.all()] == ["image:0", "image:1", "title", "text", "hashtags"]
    assert submission.parts.get(role="hashtags").text == "#car #city"
    assert response["Location"].endswith(f"{URL}{body['id']}/")
    # A name from outside never becomes a path.
    assert all("passwd" not in part.file.name for part in submission.parts.filter(kind="image"))


def test_the_same_again_returns_the_first(api):
    first = api.post(URL, fields(images=[picture()]))
    again = api.post(URL, fields(images=[picture()]))
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"]
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    "other", [{"title": "Other"}, {"images": [("red",)]}, {"hashtags": ["new"]}, {"author": "kid-8"}, {"market": "SE"}]
)
def test_other_content_under_the_same_id_is_a_conflict(api, other):
    api.post(URL, fields(images=[picture()]))
    if "images" in other:
        other = {"images": [picture("red")]}
    problem(api.post(URL, fields(**{"images": [picture()], **other})), 409)
    assert Submission.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"market": "XX"}, "market"),
        ({"market": "Denmark"}, "market"),
        ({"language": "klingonish-tag"}, "language"),
        ({"language": ""}, "language"),
        ({"external_id": None}, "external_id"),
        ({"author": None}, "author"),
        ({"author": "x" * 201}, "author"),
        ({"text": "x" * 100_000}, "text"),
        ({"text": "bell \x07"}, "text"),
        ({"title": "two\nlines"}, "title"),
        ({"title": "nul \x00"}, "title"),
        ({"hashtags": ["ok", "bad\x1b"]}, "hashtags"),
        ({"hashtags": ["x"] * 31}, "hashtags"),
        ({"title": ""}, "images"),
    ],
)
def test_a_wrong_field_is_named(api, wrong, field):
    body = problem(api.post(URL, fields(**wrong)), 400)
    assert any(error["field"].split(".")[0] == field for error in body["errors"]), body
    assert Submission.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415),
        (b"%PDF-1.7", 415),
        (b"", 400),
        (picture().getvalue()[:300], 400),
        (b"\xff\xd8\xff" + b"x" * 100, 400),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence_and_nothing_stays(api, data, status, settings, tmp_path):
    file = io.BytesIO(data)
    file.name = "x.jpg"
    body = problem(api.post(URL, fields(images=[picture(), file])), status)
    assert body["errors"][0]["field"] == "images.1"
    assert body["detail"].endswith(".")
    assert Submission.objects.count() == Part.objects.count() == 0


def test_too_many_bytes(api, settings):
    settings.MAX_PICTURE_BYTES = 200
    problem(api.post(URL, fields(images=[picture()])), 413)


def test_text_alone_is_a_submission(api):
    assert api.post(URL, fields()).status_code == 202


def test_an_app_sees_only_its_own(api, client):
    mine = api.post(URL, fields()).json()["id"]
    _, secret = issue_key(App.objects.create(name="Other", slug="other"), [Scope.SUBMIT])
    other = Client(headers={"authorization": f"Bearer {secret}"})
    problem(other.get(f"{URL}{mine}/"), 404)
    problem(other.delete(f"{URL}{mine}/"), 404)
    assert other.get(URL).json()["results"] == []
    assert api.get(f"{URL}{mine}/").status_code == 200
    problem(client.get(URL), 401)


def test_lists_by_external_id_and_pages(api):
    for n in range(5):
        api.post(URL, fields(external_id=f"u-{n}"))
    assert [row["external_id"] for row in api.get(URL, {"external_id": "u-3"}).json()["results"]] == ["u-3"]
    page = api.get(URL, {"limit": 2}).json()
    assert [row["external_id"] for row in page["results"]] == ["u-4", "u-3"]
    assert [row["external_id"] for row in api.get(page["next"]).json()["results"]] == ["u-2", "u-1"]


def test_the_number_of_queries_does_not_grow(api, django_assert_max_num_queries):
    for n in range(6):
        api.post(URL, fields(external_id=f"u-{n}", images=[picture()]))
    with django_assert_max_num_queries(5):
        api.get(URL, {"expand": "findings"})


def test_erased_is_gone(api):
    id = api.post(URL, fields(images=[picture()])).json()["id"]
    assert api.delete(f"{URL}{id}/").status_code == 204
    problem(api.get(f"{URL}{id}/"), 404)
    problem(api.delete(f"{URL}{id}/"), 404)
    # The id is free again: it is another upload now.
    assert api.post(URL, fields(title="Another")).status_code == 202


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_make_one(calling_app):
    _, secret = issue_key(calling_app, [Scope.SUBMIT])
    answers = []

    def post() -> None:
        response = Client(headers={"authorization": f"Bearer {secret}"}).post(URL, fields(images=[picture()]))
        answers.append((response.status_code, response.json().get("id")))
        connection.close()

    threads = [threading.Thread(target=post) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {id for _, id in answers} == {str(Submission.objects.get().id)}
    assert sorted({status for status, _ in answers}) == [200, 202]
    assert Part.objects.filter(kind="image").count() == 1


def test_prefer_wait_answers_when_the_time_is_over(api):
    response = api.post(URL, fields(), headers={"Prefer": "respond-async, wait=0.2"})
    assert response.status_code == 202
    assert response.json()["status"] == State.ANALYSING


TEXT = st.text(max_size=300)


@hypothesis(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(title=TEXT, text=TEXT, author=TEXT, tags=st.lists(TEXT, max_size=4))
def test_any_text_is_taken_or_refused_with_a_problem(api, title, text, author, tags):
    data = fields(external_id=uuid.uuid4().hex, title=title, text=text, author=author, hashtags=tags)
    try:
        response = api.post(URL, data)
    except UnicodeEncodeError:  # a lone surrogate cannot leave the client
        return
    if response.status_code != 202:
        assert problem(response, 400)["errors"]
