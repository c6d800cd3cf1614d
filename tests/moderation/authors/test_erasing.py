"""Nothing of an author is left where the app asks for it."""

import pytest

from brickmod.access.models import AuditEvent, Verb
from moderation.authors.measures import agree
from moderation.authors.models import Author, Measure, Strike
from moderation.intake.actions import erase
from moderation.intake.models import ErasureReceipt, Submission
from tests.submissions import waiting
from tests.traces import forms, in_tables

URL = "/api/v1/authors/"
NAME = "AUTHORMARK-31337"
pytestmark = pytest.mark.django_db


def test_erasing_an_author_leaves_no_trace_in_any_table(api, moderator, lead, rejects, settled):
    for _ in range(3):
        rejects(moderator, "nudity", author=NAME)
    author = settled(NAME)
    agree(lead, author.measures.get())
    kept = rejects(moderator, "rude", author="hen-2")
    ids = [
        str(author.id),
        *(str(one) for one in Strike.objects.exclude(decision=kept.id).values_list("decision", flat=True)),
    ]
    markers = forms("author", NAME)
    for n, id in enumerate(ids):
        markers |= forms(f"id {n}", id)
    # The trail keeps the author's number, and nothing that it leads to.
    assert {line.split(": ")[1] for line in in_tables(markers)} >= {
        "authors_author",
        "intake_submission",
        "outbox_event",
    }
    answer = api.delete(f"{URL}?author={NAME}")
    assert answer.status_code == 204
    assert {line.split(": ")[1] for line in in_tables(markers)} <= {"access_auditevent"}
    assert not in_tables(forms("author", NAME))
    receipt = ErasureReceipt.objects.get(id=answer["Erasure-Receipt"])
    assert {name: receipt.counts[name] for name in ("submissions", "authors", "strikes", "measures")} == {
        "submissions": 3, "authors": 1, "strikes": 3, "measures": 1,
    }  # fmt: skip
    assert api.delete(f"{URL}?author={NAME}").status_code == 404
    assert Strike.objects.get().decision == kept.id
    assert AuditEvent.objects.filter(verb=Verb.ERASE).count() == 4


def test_with_the_last_submission_the_author_is_forgotten(moderator, rejects, settled):
    rejects(moderator, "rude")
    second = rejects(moderator, "rude")
    settled()
    erase(Submission.objects.exclude(id=second.submission_id).get())
    assert sorted(map(str, Strike.objects.values_list("submission", flat=True))) == sorted(
        map(str, [None, second.submission_id])
    )
    erase(second.submission)
    assert not Author.objects.exists()
    assert not Measure.objects.exists()


def test_but_a_ban_holds(calling_app, moderator, lead, rejects, settled):
    for _ in range(3):
        rejects(moderator, "nudity")
    author = settled()
    agree(lead, author.measures.get())
    for row in Submission.objects.all():
        erase(row)
    assert Measure.objects.in_force().filter(author=author).exists()
    assert set(Strike.objects.values_list("submission", "decision")) == {(None, None)}


def test_an_app_asks_for_its_own(api_for, other_app, calling_app, api):
    waiting(calling_app, author="fox-1")
    assert api_for(other_app).delete(f"{URL}?author=fox-1").status_code == 404
    assert api_for(other_app, ["publish"]).get(f"{URL}?author=fox-1").status_code == 403
    assert api.get(URL).status_code == 400
    assert api.get(f"{URL}?author=fox-1").json() == {
        "author": "fox-1", "standing": "fine", "points": 0.0, "measures": [], "since": None,
    }  # fmt: skip
