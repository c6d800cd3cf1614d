"""Erasing: what goes, what the receipt says, and that no file of a running BrickMod holds a trace afterwards."""

import hashlib
import io
import json
import sqlite3
import time
import urllib.request
import uuid
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from PIL import Image
from skimage import data as pictures

from brickmod.access.models import AuditEvent, Verb
from brickmod.outbox.models import Event
from brickmod.web import logs
from moderation.desk.actions import claim_next, decide, skip
from moderation.intake.actions import erase
from moderation.intake.models import ErasureReceipt, Submission
from tests.submissions import waiting
from tests.traces import forms, in_files

URL = "/api/v1/submissions/"


@pytest.mark.django_db
@pytest.mark.postgres
class TestReceipt:
    def test_it_says_how_much_and_not_what(self, api, calling_app):
        one = waiting(calling_app, pictures=1, text="my dragon", found=[("text", "p", "flag", "rude", [])])
        answer = api.delete(f"{URL}{one.id}/")
        receipt = ErasureReceipt.objects.get()
        assert (answer.status_code, answer["Erasure-Receipt"], answer.content) == (204, str(receipt.id), b"")
        found = {"parts": 3, "files": 2, "findings": 1}
        assert receipt.counts == found | dict.fromkeys(("features", "pairs", "authors", "creations", "events"), 0)
        assert str(receipt.id) != str(one.id)
        event = AuditEvent.objects.get(verb=Verb.ERASE)
        assert (event.kind, event.object_id, event.app) == ("receipt", str(receipt.id), calling_app)
        assert api.delete(f"{URL}{one.id}/").status_code == 404
        assert ErasureReceipt.objects.count() == 1

    def test_the_trail_stays_whole_and_leads_nowhere(self, calling_app, moderator, second_moderator):
        one = waiting(calling_app)
        skip(moderator, claim_next(moderator))
        decision = decide(second_moderator, claim_next(second_moderator), "approve")
        before = AuditEvent.objects.count()
        erase(Submission.objects.get())
        assert AuditEvent.objects.count() == before + 1
        rest = json.dumps(list(AuditEvent.objects.values("object_id", "old", "new")))
        for id in (one.id, decision.id):
            assert str(id) not in rest
        assert not Event.objects.exists()

    def test_an_admin_erases_through_a_page_that_asks(self, calling_app, admin_user, logged_in):
        one = waiting(calling_app)
        client = logged_in(admin_user)
        page = reverse("admin:intake_submission_delete", args=[one.id])
        assert "with all that belongs to them" in client.get(page).content.decode()
        answer = client.post(page, {"post": "yes"}, follow=True)
        receipt = ErasureReceipt.objects.get()
        assert f"Receipt: {receipt.id}" in answer.content.decode()
        assert not Submission.objects.exists()
        assert not LogEntry.objects.exists()
        assert AuditEvent.objects.get(verb=Verb.ERASE).user == admin_user
        assert client.get(reverse("admin:intake_erasurereceipt_change", args=[receipt.id])).status_code == 200
        assert client.get(reverse("admin:intake_erasurereceipt_delete", args=[receipt.id])).status_code == 403

    @pytest.mark.parametrize("role", ["moderator", "lead", "ml_engineer"])
    def test_nobody_else_does(self, calling_app, make_user, logged_in, role):
        one = waiting(calling_app)
        user = make_user(role, is_staff=True)
        assert logged_in(user).post(reverse("admin:intake_submission_delete", args=[one.id])).status_code == 403
        assert Submission.objects.exists()


def test_a_log_line_names_no_submission():
    id, other = uuid.uuid4(), uuid.uuid4()
    line = logs._masked(None, "", f"look {id} of parts/ab/{id.hex}.jpg beside {other}")
    assert str(id) not in line
    assert id.hex not in line
    first, second, third = (word.removeprefix("parts/ab/")[:11] for word in line.split() if "id:" in word)
    assert first == second != third
    assert logs._masked(None, "", "sha 0123456789abcdef" * 4) == "sha 0123456789abcdef" * 4


# -- no trace --------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def small(models, tmp_path_factory):
    """A running BrickMod of its own, without a demo: what is in its folder is ours. Features lie in segments too."""
    from brickmod.run.trial import Trial

    with Trial(
        tmp_path_factory.mktemp("small"), MODELS_DIR=str(models), DEMO="0", UNDO_SECONDS="0", FEATURESTORE="segments"
    ) as trial:
        yield trial


def call(
    trial, key: str, method: str, path: str, fields: dict | None = None, file: bytes = b""
) -> tuple[int, dict, bytes]:
    line, body = uuid.uuid4().hex, b""
    for name, value in (fields or {}).items():
        body += f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    if file:
        body += f'--{line}\r\nContent-Disposition: form-data; name="images"; filename="a.jpg"\r\n\r\n'.encode()
        body += file + b"\r\n"
    headers = {"Authorization": f"Bearer {key}", "Prefer": "wait=10"}
    if fields:
        body += f"--{line}--\r\n".encode()
        headers["Content-Type"] = f"multipart/form-data; boundary={line}"
    request = urllib.request.Request(trial.url + path, body or None, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


SETUP = """
from brickmod.access.actions import issue_key
from brickmod.access.models import App
from brickmod.outbox.models import Endpoint
app = App.objects.create(name="A", slug="a")
Endpoint.objects.create(app=app, url="http://127.0.0.1:9/nobody")
print("KEY", issue_key(app, ["submit"])[1])
"""

DECIDE = """
from brickmod.access.models import User
from brickmod.access.roles import ensure_roles
from django.contrib.auth.models import Group
from moderation.desk.actions import claim_next, decide, skip
from moderation.intake.models import Submission
from moderation.prefilter.links import features_of
people = [User.objects.get_or_create(username=name)[0] for name in ("p", "q")]
for person in people:
    person.groups.add(Group.objects.get(name="moderator"))
skip(people[0], claim_next(people[0]))
row = claim_next(people[1])
decide(people[1], row, "reject", ["rude"], note="NOTEMARK81735")
import json
from featurestore.models import Feature
from moderation.prefilter.models import Finding
parts = list(row.parts.all())
features = features_of(parts)
print("TOLD", json.dumps({
    "ids": [str(row.id), *(str(p.id) for p in parts), *map(str, features),
            *(str(d.id) for d in row.decisions.all())],
    "digests": [row.content_digest, *(p.digest for p in parts)],
    "vectors": [bytes(f.vector).hex() for f in Feature.objects.filter(id__in=features)],
    "files": [f.path for p in parts for f in (p.file, p.preview) if f],
}))
"""


def said(output: str, word: str) -> str:
    return next(line.removeprefix(word + " ") for line in output.splitlines() if line.startswith(word + " "))


def test_no_trace_in_any_file_of_a_running_brickmod(small):
    key = said(small.manage("shell", "-v", "0", "-c", SETUP), "KEY")
    words = {
        "external id": "EXTMARK48151",
        "author": "AUTHORMARK62342",
        "title": "TITLEMARK90317",
        "text": "TEXTMARK17209 on a hill",
        "hashtag": "TAGMARK55120",
    }
    file = io.BytesIO()
    Image.fromarray(pictures.coffee()).save(file, "JPEG")
    photo = file.getvalue()
    fields = {
        "external_id": words["external id"],
        "author": words["author"],
        "market": "DK",
        "language": "da",
        "title": words["title"],
        "text": words["text"],
        "hashtags": words["hashtag"],
    }
    # One that stays, before and after, so that rows of both lie in the same pages.
    other = {name: f"stays {value}".replace("MARK", "KEPT") for name, value in fields.items()} | {
        "market": "DK",
        "language": "da",
    }
    assert call(small, key, "POST", URL, other)[0] == 201
    status, _, answer = call(small, key, "POST", URL, fields, photo)
    assert (status, json.loads(answer)["status"]) == (201, "queued"), answer
    id = json.loads(answer)["id"]
    small.manage("shell", "-v", "0", "-c", "from brickmod.access.roles import ensure_roles; ensure_roles()")
    small.manage(
        "shell", "-v", "0", "-c",
        f"from moderation.intake.models import Submission as S; S.objects.filter(id='{id}').update(priority=2)",
    )  # fmt: skip
    told = json.loads(said(small.manage("shell", "-v", "0", "-c", DECIDE), "TOLD"))
    assert told["ids"][0] == id
    assert len(told["vectors"]) >= 2
    small.manage("compact_features")

    markers: dict[str, bytes] = {}
    for name, value in words.items() | {"note": "NOTEMARK81735"}.items():
        markers |= forms(name, value)
        markers |= forms(f"hash of {name}", hashlib.sha256(value.encode()).hexdigest())
    for n, value in enumerate(told["ids"]):
        markers |= forms(f"id {n}", value)
    for n, value in enumerate(told["digests"]):
        markers |= forms(f"digest {n}", value)
    for n, path in enumerate(told["files"]):
        data = Path(path).read_bytes()
        markers[f"file {n}"] = data[len(data) // 2 :][:64]
        markers |= forms(f"hash of file {n}", hashlib.sha256(data).hexdigest())
    for n, value in enumerate(told["vectors"]):
        markers[f"vector {n}"] = bytes.fromhex(value)[:64]
    # What the search can find: were it blind, it would find nothing afterwards too.
    before = in_files(small.var, markers)
    for name in ("external id", "author", "title", "text", "note", "id 0", "file 0", "vector 0", "digest 0"):
        assert any(line.startswith(f"{name}") for line in before), name
    for place in ("brickmod.sqlite3", "/segments/"):
        assert any(line.startswith("vector 0") and place in line for line in before), place

    status, headers, body = call(small, key, "DELETE", f"{URL}{id}/")
    assert (status, body) == (204, b"")
    assert call(small, key, "GET", f"{URL}{id}/")[0] == 404  # which a log may complain of
    database = small.var / "brickmod.sqlite3"
    until = time.monotonic() + 150
    while time.monotonic() < until:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as look:
            row = look.execute("SELECT id, counts, scrubbed_at FROM intake_erasurereceipt").fetchone()
        if row[2]:
            break
        time.sleep(1)
    assert row[2], small.tail()
    assert uuid.UUID(row[0]) == uuid.UUID(headers["Erasure-Receipt"])
    counts = json.loads(row[1])
    assert counts["parts"] == 4
    assert counts["files"] == 2
    assert counts["features"] == len(told["vectors"])
    assert counts["events"] == 2
    assert in_files(small.var, markers) == []
    # And what was not erased is whole.
    found = json.loads(call(small, key, "GET", f"{URL}?external_id={other['external_id'].replace(' ', '%20')}")[2])
    assert [one["external_id"] for one in found["results"]] == [other["external_id"]]
