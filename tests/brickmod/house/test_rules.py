"""Figures that an admin changes while everything runs."""

import pytest
from django.urls import reverse

from brickmod.access.models import AuditEvent
from brickmod.house import rules
from brickmod.house.models import House

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def anew():
    rules.forget()
    yield
    rules.forget()


def test_without_a_row_it_is_as_the_service_was_started(settings):
    settings.UNDO_SECONDS, settings.CLAIM_LEASE_SECONDS = 7, 90
    assert (rules.undo_seconds(), rules.lease_seconds(), rules.rechecks_a_day()) == (7, 90, settings.RECHECKS_A_DAY)
    assert rules.audit_share() == settings.AUDIT_SHARE


def test_an_admin_changes_it_and_it_counts_at_once(logged_in, admin_user):
    client = logged_in(admin_user)
    there = client.get(reverse("admin:house_house_changelist")).url
    said = {"undo_seconds": "0", "lease_seconds": "60", "audit_percent": "12.5", "rechecks_a_day": ""}
    assert client.post(there, said).status_code == 302
    assert (rules.undo_seconds(), rules.lease_seconds(), rules.audit_share()) == (0, 60, 0.125)
    assert AuditEvent.objects.filter(verb="admin_change", kind="house").exists()
    assert (
        "60" in client.post(there, said | {"lease_seconds": "5"}).content.decode()
    )  # refused: the page prolongs by 30
    assert House.objects.get().lease_seconds == 60


def test_it_is_read_once_in_a_while(django_assert_num_queries):
    rules.undo_seconds()
    with django_assert_num_queries(0):
        rules.undo_seconds()
        rules.lease_seconds()
