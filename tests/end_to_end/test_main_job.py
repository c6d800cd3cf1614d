"""The main job, as an app, a moderator and an ML engineer see it: everything real, one running stack, one browser."""

import io
import json

import httpx
import pytest
from PIL import Image
from skimage import data

from moderation.demo.bricks import render
from moderation.demo.builds import build
from moderation.demo.scene import Scene
from moderation.feedback.texts import feedback_for
from tests.end_to_end.receiver import Receiver

URL = "/api/v1/submissions/"
LABELS = """
import json
from featurestore.models import Label
from moderation.intake.models import Submission
from moderation.prefilter.links import features_of
parts = list(Submission.objects.get(id="%s").parts.all())
labels = Label.objects.filter(feature__in=features_of(parts))
print(json.dumps(sorted(labels.values_list("task", "value", "source"))))
"""


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=90)
    return out.getvalue()


@pytest.fixture
def receiver(live):
    with Receiver(live.demo["webhook_secret"]) as receiver:
        live.manage("demo", "--webhook", receiver.url)
        yield receiver


@pytest.fixture
def app(live):
    headers = {"Authorization": f"Bearer {live.demo['api_key']}", "Prefer": "wait=10"}
    with httpx.Client(base_url=live.url, headers=headers, timeout=20) as client:
        yield client


def send(app: httpx.Client, external_id: str, picture: Image.Image | None, **fields: str) -> dict:
    fields = {"external_id": external_id, "author": "kid-99", "market": "DK", "language": "da", **fields}
    files = {"images": ("photo.jpg", jpeg(picture))} if picture else {"app_version": (None, b"1.0")}
    response = app.post(URL, data=fields, files=files)
    assert response.status_code == 201, response.text
    return response.json()


@pytest.mark.django_db  # feedback_for reads the texts that migrations have put there
def test_a_person_is_turned_away_kindly_in_the_childs_language(app, receiver):
    answer = send(app, "person", Image.fromarray(data.astronaut()), title="Min astronaut")
    assert (answer["status"], answer["decided_by"]) == ("rejected", "prefilter")
    assert [reason["code"] for reason in answer["reasons"]] == ["face"]
    assert answer["feedback"] == feedback_for(["face"], "da")
    told = receiver.wait_for(answer["id"], "submission.prefiltered")
    assert told["data"]["status"] == "rejected"
    assert told["data"]["feedback"] == answer["feedback"]
    found = app.get(f"{URL}{answer['id']}/", params={"expand": "findings"}).json()["findings"]
    face = next(finding for finding in found if finding["detector"] == "face")
    assert face["verdict"] == "reject"
    assert all(0 <= box["x"] <= 1 and 0 < box["w"] <= 1 for box in face["evidence"])


def test_rude_words_are_turned_away_without_being_repeated(app):
    answer = send(app, "rude", None, language="en", market="GB", text="you are a stupid fucking asshole")
    assert answer["status"] == "rejected"
    assert [reason["code"] for reason in answer["reasons"]] == ["insult"]
    assert "fuck" not in answer["feedback"]


def test_a_build_waits_is_approved_by_one_key_and_the_app_is_told(live, app, receiver, open_page):
    picture = render(build("dinosaur", 4242), Scene.by(4242))
    answer = send(app, "build", picture, title="Min grønne dino", text="Den kan spise træer!")
    assert (answer["status"], answer["decided_by"]) == ("queued", None)
    assert answer["review_due_at"] > answer["received_at"]

    page = open_page()
    page.goto(f"{live.url}/login/")
    person = next(user for user in live.demo["users"] if user["role"] == "moderator")
    page.fill("input[name=username]", person["username"])
    page.fill("input[name=password]", person["password"])
    page.press("input[name=password]", "Enter")
    page.goto(f"{live.url}/desk/")
    ours = page.get_by_role("heading", name="Min grønne dino")
    shown = page.locator("[data-submission]").first
    for _ in range(80):  # those of the demo that are due earlier come first
        id = shown.get_attribute("data-submission")
        if ours.is_visible():
            break
        page.keyboard.press("s")
        page.keyboard.press("2")
        page.wait_for_function("id => document.querySelector('[data-submission]')?.dataset.submission !== id", arg=id)
    assert ours.is_visible()
    page.keyboard.press("a")
    page.wait_for_function("id => document.querySelector('[data-submission]')?.dataset.submission !== id", arg=id)

    # Until it can no longer be undone the app knows nothing.
    now = app.get(f"{URL}{answer['id']}/").json()
    assert now["status"] in {"queued", "approved"}
    told = receiver.wait_for(answer["id"], "submission.decided")
    assert told["data"]["status"] == "approved"
    assert told["data"]["decided_by"] == "moderator"
    assert told["data"]["feedback"]
    assert app.get(f"{URL}{answer['id']}/").json()["status"] == "approved"
    assert len(receiver.of(answer["id"], "submission.decided")) == 1
    assert receiver.forged == 0

    labels = json.loads(live.manage("shell", "--no-imports", "-c", LABELS % answer["id"]).splitlines()[-1])
    assert ["face", "no", "moderator"] in labels
    assert ["profanity", "no", "moderator"] in labels
