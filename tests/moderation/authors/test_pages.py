"""The pages of authors, by role."""

import pytest
from django.urls import reverse

from moderation.authors.models import Author, Measure
from tests.submissions import waiting

pytestmark = pytest.mark.django_db


def test_from_the_search_to_the_line(logged_in, moderator, calling_app, rejects, settled):
    rejects(moderator, "rude", author="fox-<b>1")
    settled("fox-<b>1")
    client = logged_in(moderator)
    page = client.get(reverse("authors"), {"q": "fox"}).content.decode()
    assert "1 found" in page
    assert "fox-&lt;b&gt;1" in page
    answer = client.post(reverse("author-open"), {"app": calling_app.id, "name": "fox-<b>1"}, follow=True)
    page = answer.content.decode()
    assert "fox" not in answer.redirect_chain[-1][0]  # addresses stand in logs
    assert "1 point today" in page
    assert "warned" in page
    assert "Let it follow" not in page
    assert client.post(reverse("author-open"), {"app": calling_app.id, "name": "nobody"}).status_code == 404


def test_a_line_of_whom_nothing_is_remembered(logged_in, lead, calling_app):
    one = waiting(calling_app, author="hen-2")
    client = logged_in(lead)
    page = client.get(reverse("author-of", args=[one.id])).content.decode()
    assert "stands fine" in page
    assert not Author.objects.exists()
    sent = {"app": calling_app.id, "name": "hen-2", "follows": "ban", "because": "threats", "days": "3"}
    client.post(reverse("author-propose"), sent)
    measure = Measure.objects.get()
    assert "Another person has to agree" in client.get(reverse("author", args=[measure.author_id])).content.decode()
    client.post(reverse("author-act", args=[measure.id]), {"do": "agree"})
    measure.refresh_from_db()
    assert measure.state == "proposed"
    client.post(reverse("author-act", args=[measure.id]), {"do": "refuse", "because": "it was a joke"})
    measure.refresh_from_db()
    assert (measure.state, measure.end) == ("ended", "refused")


def test_who_may(logged_in, outsider, ml_engineer, moderator, lead, calling_app):
    one = waiting(calling_app)
    for user, see, act in ((outsider, 403, 403), (ml_engineer, 403, 403), (moderator, 200, 403), (lead, 200, 302)):
        client = logged_in(user)
        assert client.get(reverse("author-of", args=[one.id])).status_code == see
        sent = {"app": calling_app.id, "name": one.author, "follows": "warn", "because": "x"}
        assert client.post(reverse("author-propose"), sent).status_code == act
