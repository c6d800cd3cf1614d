"""Who is new is offered a tour, once, and can have it again."""

import pytest
from django.urls import reverse

from moderation.desk.models import Toured

pytestmark = pytest.mark.django_db
OFFER = "New here?"


def test_it_is_offered_until_it_was_seen_or_declined(logged_in, moderator, second_moderator):
    mine = logged_in(moderator)
    assert OFFER in mine.get(reverse("desk")).content.decode()
    assert mine.post(reverse("desk-tour"), headers={"accept": "application/json"}).status_code == 204
    page = mine.get(reverse("desk")).content.decode()
    assert OFFER not in page
    assert "data-tour-begin" in page  # again, from the list of keys
    assert OFFER in logged_in(second_moderator).get(reverse("desk")).content.decode()


def test_seen_whole_stays_seen_whole(logged_in, moderator):
    mine = logged_in(moderator)
    assert mine.post(reverse("desk-tour"), {"whole": "1"}).url == reverse("desk")  # without scripts: back to the desk
    mine.post(reverse("desk-tour"))
    assert Toured.objects.get(person=moderator).whole


def test_its_page_has_every_stop_without_scripts(logged_in, moderator, outsider):
    page = logged_in(moderator).get(reverse("desk-tour")).content.decode()
    assert "Decide with one key" in page
    assert "All keys" in page
    assert logged_in(outsider).get(reverse("desk-tour")).status_code == 403
