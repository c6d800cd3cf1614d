"""One page says what can be set, how it is, and where; only who may change it gets a link."""

import pytest
from django.urls import reverse

from moderation.queues.models import DueTime
from moderation.setup.entries import ENTRIES

pytestmark = pytest.mark.django_db


def test_it_says_how_things_are(logged_in, lead):
    page = logged_in(lead).get(reverse("setup")).content.decode()
    assert "15 min, none" in page
    DueTime.objects.create(minutes=30)
    assert "30 min, 1 row" in logged_in(lead).get(reverse("setup")).content.decode()


def test_only_who_may_change_it_gets_a_link(logged_in, lead, admin_user, moderator):
    admins = reverse("admin:queues_duetime_changelist")
    assert admins not in logged_in(lead).get(reverse("setup")).content.decode()
    assert admins in logged_in(admin_user).get(reverse("setup")).content.decode()
    assert reverse("policies") in logged_in(lead).get(reverse("setup")).content.decode()
    assert logged_in(moderator).get(reverse("setup")).status_code == 403


def test_every_entry_leads_somewhere_that_opens(logged_in, admin_user):
    client = logged_in(admin_user)
    for entry in (entry for entries in ENTRIES.values() for entry in entries):
        assert entry.href, entry.what
        assert client.get(entry.href, follow=True).status_code == 200, entry.what
