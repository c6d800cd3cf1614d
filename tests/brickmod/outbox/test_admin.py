"""What an admin does with endpoints and with what did not arrive."""

import pytest
from django.urls import reverse
from django.utils import timezone

from brickmod.access.models import AuditEvent, Verb
from brickmod.outbox.actions import emit
from brickmod.outbox.delivering import spread
from brickmod.outbox.models import Delivery, DeliveryState, Endpoint, Event, EventType

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(admin_user, logged_in):
    return logged_in(admin_user)


@pytest.fixture
def endpoint(calling_app):
    return Endpoint.objects.create(app=calling_app, url="http://localhost:9/hook")


@pytest.fixture
def dead(calling_app, endpoint):
    for n in range(2):
        emit(calling_app, EventType.DECIDED, f"decided:{n}", f"s{n}", {"id": n})
    spread()
    Delivery.objects.update(state=DeliveryState.DEAD, tries=14, last_status=503, last_error="Answered 503.")
    return list(Delivery.objects.all())


@pytest.mark.parametrize("page", ["endpoint", "event", "delivery"])
def test_only_an_admin_sees_the_pages(page, admin, moderator, lead, ml_engineer, outsider, logged_in, dead):
    url = reverse(f"admin:outbox_{page}_changelist")
    assert admin.get(url).status_code == 200
    first = {"endpoint": Endpoint, "event": Event, "delivery": Delivery}[page].objects.first()
    assert admin.get(reverse(f"admin:outbox_{page}_change", args=[first.pk])).status_code == 200
    for user in (moderator, lead, ml_engineer, outsider):
        assert logged_in(user).get(url).status_code == 302


def test_a_new_endpoint_shows_its_secret_once(admin, calling_app):
    data = {"app": calling_app.pk, "url": "https://app.example/hook", "events": ["submission.decided"], "active": "on"}
    response = admin.post(reverse("admin:outbox_endpoint_add"), data)
    endpoint = Endpoint.objects.get()
    assert endpoint.secret.startswith("whsec_")
    assert endpoint.events == ["submission.decided"]
    assert endpoint.secret in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    for url in (
        reverse("admin:outbox_endpoint_change", args=[endpoint.pk]),
        reverse("admin:outbox_endpoint_changelist"),
    ):
        assert endpoint.secret not in admin.get(url).content.decode()
    assert endpoint.secret not in str(list(AuditEvent.objects.values_list("old", "new")))


@pytest.mark.parametrize("url", ["ftp://app.example/", "app.example", "http://app.example/", "https://10.0.0.1/"])
def test_a_bad_address_is_refused_with_a_reason(admin, calling_app, settings, url):
    settings.WEBHOOK_ALLOW_PRIVATE = False
    response = admin.post(reverse("admin:outbox_endpoint_add"), {"app": calling_app.pk, "url": url, "active": "on"})
    assert response.status_code == 200
    assert "The address" in response.content.decode()
    assert not Endpoint.objects.exists()


def test_a_stopped_endpoint_is_switched_on_again(admin, endpoint):
    Endpoint.objects.update(active=False, stopped_because="It answered 410 Gone: it wants no more events.")
    page = reverse("admin:outbox_endpoint_change", args=[endpoint.pk])
    assert "410 Gone" in admin.get(page).content.decode()
    admin.post(page, {"app": endpoint.app_id, "url": endpoint.url, "active": "on"})
    endpoint.refresh_from_db()
    assert (endpoint.active, endpoint.stopped_because) == (True, "")


def test_the_secret_is_rotated_after_asking(admin, endpoint):
    page = reverse("admin:outbox_endpoint_rotate", args=[endpoint.pk])
    assert "old one signs too" in admin.get(page).content.decode()
    assert Endpoint.objects.get().secret == endpoint.secret, "asking changes nothing"
    response = admin.post(page)
    fresh = Endpoint.objects.get()
    assert fresh.secret != endpoint.secret
    assert fresh.old_secret == endpoint.secret
    assert fresh.secret in response.content.decode()


def test_a_test_is_sent(admin, endpoint):
    response = admin.post(reverse("admin:outbox_endpoint_send_test", args=[endpoint.pk]))
    delivery = Delivery.objects.get(event__type=EventType.TEST)
    assert response.url == reverse("admin:outbox_delivery_change", args=[delivery.pk])
    Endpoint.objects.update(active=False)
    admin.post(reverse("admin:outbox_endpoint_send_test", args=[endpoint.pk]))
    assert Delivery.objects.count() == 1


def test_dead_letters_are_found_and_sent_again(admin, admin_user, dead):
    page = reverse("admin:outbox_delivery_changelist")
    assert "Answered 503." in admin.get(page + "?state=dead").content.decode()
    assert "Answered 503." not in admin.get(page + "?state=delivered").content.decode()
    admin.post(page, {"action": "send_again", "_selected_action": [one.pk for one in dead]})
    assert set(Delivery.objects.values_list("state", "tries")) == {(DeliveryState.WAITING, 0)}
    assert AuditEvent.objects.filter(verb=Verb.REPLAY, kind="delivery", user=admin_user).count() == 2
    assert not Delivery.objects.filter(next_try_at__gt=timezone.now()).exists()


def test_nothing_can_be_written_by_hand(admin, dead):
    for page in ("event", "delivery"):
        assert admin.get(reverse(f"admin:outbox_{page}_add")).status_code == 403
        url = reverse(f"admin:outbox_{page}_delete", args=[getattr(dead[0], "event_id" if page == "event" else "pk")])
        assert admin.post(url, {"post": "yes"}).status_code == 403
