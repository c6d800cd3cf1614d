"""Who may have been here before: a suggestion, with its measured rate of false alarms."""

from random import Random

import pytest
from django.urls import reverse

from brickmod.access.models import AuditEvent, Verb
from moderation.authors.hints import hints
from moderation.authors.likeness import Traces, compare, rhythm, style
from moderation.authors.management.commands.simulate_hints import measure
from moderation.authors.measures import agree, propose
from moderation.authors.models import Author, Measure
from moderation.authors.simulated import author, habits
from moderation.intake.models import Part
from tests.submissions import waiting


def test_likeness_has_bounds_and_no_direction():
    rng = Random(1)
    for _ in range(30):
        a, b = (author(rng, habits(rng), 8).texts for _ in range(2))
        found = style(a, b)
        assert found == pytest.approx(style(b, a))
        assert 0 <= found <= 1.000001
    assert style(a, a) == pytest.approx(1)


def test_the_same_thing_alone_is_enough_and_little_text_says_nothing():
    old = Traces(frozenset({"x"}), ("short",), (8, 9))
    assert compare(old, Traces(frozenset({"x"}))).score == 1.0
    assert compare(old, Traces(frozenset({"y"}), ("short",), (8, 9))).score == 0.0
    assert rhythm([8] * 5, [8] * 3) == pytest.approx(1)
    assert rhythm([8] * 5, [20] * 3) == 0


def test_false_alarms_are_rare_in_a_small_simulation():
    found = measure(100, 3, seed=3)
    assert found["false alarms"]["share"] < 0.1
    assert found["came back, same style"]["share"] > 0.5


@pytest.mark.django_db
def test_a_person_decides(calling_app, other_app, lead, make_user, moderator, logged_in):
    old = waiting(calling_app, author="fox-1", pictures=1, state="rejected", decided_by="moderator")
    ban = agree(make_user("lead", "lou"), propose(lead, Author(app=calling_app, name="fox-1"), "ban", "threats", 3))
    new = waiting(calling_app, author="hen-2", pictures=1, minutes_left=15)
    type(new).objects.filter(id=new.id).update(received_at=ban.since + (ban.until - ban.since) / 100)
    Part.objects.filter(submission__in=[old, new], kind="image").update(digest="d" * 64)
    [hint] = hints(calling_app, "hen-2")
    assert (hint.author.name, hint.likeness.same) == ("fox-1", 1)
    assert hints(other_app, "hen-2") == []
    assert hints(calling_app, "fox-1") == []
    page = reverse("author-of", args=[new.id])
    assert "May have been here before" not in logged_in(moderator).get(page).content.decode()
    client = logged_in(lead)
    assert "May have been here before" in client.get(page).content.decode()
    assert Measure.objects.count() == 1  # looking changes nothing
    client.post(reverse("author-same", args=[ban.id]), {"name": "hen-2"})
    made = Measure.objects.get(author__name="hen-2")
    assert (made.state, made.follows, made.asked_by) == ("proposed", "ban", lead)
    assert AuditEvent.objects.filter(verb=Verb.HINT).count() == 1
