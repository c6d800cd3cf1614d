"""Every page of the admin opens, and what is done there stands in the trail."""

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse
from django_celery_beat.models import IntervalSchedule

from brickmod.access.actions import issue_key
from brickmod.access.models import ApiKey, App, AuditEvent, User, Verb
from brickmod.access.sidebar import GROUPS

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_admin(admin_user, logged_in):
    return logged_in(admin_user)


def registered() -> list[type]:
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.mark.parametrize("model", registered(), ids=lambda model: model._meta.label)
def test_every_list_search_and_add_page_opens(as_admin, model):
    """A model that an admin may not add says so with 403; everything else is a page. The list of a single row leads to
    that row."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    page = as_admin.get(reverse(f"{name}_changelist"), follow=True)
    assert page.status_code in {200, 403}
    may_add = admin.site._registry[model].has_add_permission(page.wsgi_request)
    assert as_admin.get(reverse(f"{name}_add")).status_code == (200 if may_add else 403)
    if page.status_code == 200 and admin.site._registry[model].search_fields:
        assert as_admin.get(reverse(f"{name}_changelist"), {"q": "7"}).status_code == 200


def test_every_change_page_of_the_house_opens(as_admin, calling_app):
    key, _ = issue_key(calling_app, ["submit"])
    for obj in [calling_app, key, User.objects.get(), Group.objects.first(), AuditEvent.objects.first()]:
        url = reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])
        assert as_admin.get(url).status_code == 200, url


def test_the_sidebar_shows_only_what_exists(as_admin):
    html = as_admin.get("/admin/").content.decode()
    for entries in GROUPS.values():
        for _, _, model, _ in entries:
            room, _, name = model.rpartition("_")
            exists = any((m._meta.app_label, m._meta.model_name) == (room, name) for m in registered())
            assert (f'href="/admin/{room}/{name}/"' in html) == exists, model


@pytest.mark.parametrize("role", ["moderator", "lead", "ml_engineer"])
def test_nobody_but_an_admin_opens_the_admin(make_user, logged_in, role):
    client = logged_in(make_user(role))
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get("/admin/access/user/", follow=True).status_code == 403


def test_a_new_person_gets_a_role_by_the_form(as_admin):
    form = {"username": "ida", "usable_password": "true", "password1": "blue bricks 4 ever", "languages": "da, DE"}
    page = as_admin.post("/admin/access/user/add/", {**form, "password2": form["password1"], "roles": ["lead"]})
    assert page.status_code == 302, page.context["adminform"].errors
    ida = User.objects.get(username="ida")
    assert (ida.role, ida.languages, ida.is_staff) == ("lead", ["da", "de"], False)
    made = AuditEvent.objects.get(verb=Verb.ADMIN_ADD)
    assert made.object_id == str(ida.pk)
    assert "blue bricks" not in str(made.new)
    assert AuditEvent.objects.get(verb=Verb.ROLE, object_id=ida.pk).new == ["lead"]


def test_a_change_of_a_person_keeps_old_and_new(as_admin, make_user):
    kim = make_user("moderator", "kim")
    url = reverse("admin:access_user_change", args=[kim.pk])
    data = {"username": "kim", "is_active": "on", "team": "Nord", "languages": "", "roles": ["admin"]}
    assert as_admin.post(url, data).status_code == 302
    kim.refresh_from_db()
    assert (kim.role, kim.team, kim.is_staff) == ("admin", "Nord", True)
    told = AuditEvent.objects.get(verb=Verb.ADMIN_CHANGE)
    assert told.old["team"] == ""
    assert told.new["team"] == "Nord"
    role = AuditEvent.objects.filter(verb=Verb.ROLE, object_id=kim.pk).first()
    assert (role.old, role.new, role.user.username) == (["moderator"], ["admin"], "ada")


def test_a_password_set_for_somebody_is_told_without_it(as_admin, make_user):
    kim = make_user("moderator", "kim")
    new = "green bricks 4 ever"
    url = reverse("admin:auth_user_password_change", args=[kim.pk])
    assert as_admin.post(url, {"password1": new, "password2": new, "usable_password": "true"}).status_code == 302
    told = AuditEvent.objects.get(verb=Verb.PASSWORD)
    assert (told.object_id, told.new) == (str(kim.pk), {"password": "(hidden)"})


def test_an_action_on_a_list_is_told(as_admin):
    every = IntervalSchedule.objects.create(every=7, period="seconds")
    data = {"action": "delete_selected", "_selected_action": [every.pk], "post": "yes"}
    as_admin.post("/admin/django_celery_beat/intervalschedule/", data)
    assert not IntervalSchedule.objects.exists()
    assert AuditEvent.objects.get(verb=Verb.ADMIN_DELETE).old == {"was": "every 7 seconds"}


def test_a_key_is_shown_once_and_only_its_hash_stays(as_admin, calling_app):
    url = reverse("admin:access_app_issue_key", args=[calling_app.pk])
    assert as_admin.get(url).status_code == 200
    assert not ApiKey.objects.exists()  # looking makes nothing
    page = as_admin.post(url, {"name": "production", "scopes": ["submit"], "days": "365"})
    secret = re.search(r'id="new-key">(bm_[\w-]+)<', page.content.decode())[1]
    key = ApiKey.objects.get()
    assert key.digest == ApiKey.digest_of(secret)
    assert "no-store" in page.headers["Cache-Control"]
    assert secret not in as_admin.get(reverse("admin:access_app_change", args=[calling_app.pk])).content.decode()
    assert secret not in str(AuditEvent.objects.values_list("new", flat=True))


def test_a_key_is_rotated_and_revoked_by_buttons(as_admin, calling_app):
    key, _ = issue_key(calling_app, ["submit"])
    page = as_admin.post(reverse("admin:access_apikey_rotate", args=[key.pk]), {"hours": "24"})
    assert "bm_" in page.content.decode()
    assert ApiKey.objects.count() == 2
    url = reverse("admin:access_apikey_revoke", args=[key.pk])
    assert as_admin.get(url).status_code == 200
    key.refresh_from_db()
    assert key.revoked_at is None  # asked, not done
    as_admin.post(url)
    key.refresh_from_db()
    assert key.revoked_at is not None
    answer = as_admin.post(reverse("admin:access_apikey_rotate", args=[key.pk]), {"hours": "24"}, follow=True)
    assert "no longer works" in answer.content.decode()


def test_people_apps_and_the_trail_cannot_be_deleted(as_admin, calling_app):
    issue_key(calling_app, ["submit"])
    for obj in [calling_app, User.objects.get(), AuditEvent.objects.first()]:
        url = reverse(f"admin:access_{obj._meta.model_name}_delete", args=[obj.pk])
        assert as_admin.post(url, {"post": "yes"}).status_code == 403
    assert App.objects.exists()
    assert User.objects.exists()


def test_a_person_cannot_be_made_a_superuser_by_the_form(as_admin, make_user):
    kim = make_user("moderator", "kim")
    data = {"username": "kim", "is_active": "on", "is_superuser": "on", "is_staff": "on", "user_permissions": "1"}
    as_admin.post(reverse("admin:access_user_change", args=[kim.pk]), data)
    kim.refresh_from_db()
    assert (kim.is_superuser, kim.is_staff, kim.user_permissions.count()) == (False, False, 0)
