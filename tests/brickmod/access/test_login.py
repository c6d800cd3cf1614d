"""Coming in and going out."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.utils import timezone

from brickmod.access.models import AuditEvent, Verb
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def log_in(client: Client, username: str, password: str = PASSWORD, **extra):
    return client.post("/login/", {"username": username, "password": password, **extra})


def verbs() -> list[str]:
    return list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))


def test_login_and_logout_are_told(client, moderator):
    assert log_in(client, "mia").status_code == 302
    assert client.post("/logout/").status_code == 302
    assert verbs() == ["login", "logout"]
    assert AuditEvent.objects.first().user == moderator
    assert client.get("/").headers["Location"] == "/login/?next=/"


def test_logout_is_a_post(client, moderator):
    client.force_login(moderator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/logout/").status_code == 405
    assert "_auth_user_id" in client.session


def test_the_session_gets_a_new_id(client, moderator):
    client.get("/login/")
    client.session["before"] = 1
    session = client.session
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    log_in(client, "mia")
    assert client.session.session_key != before


def test_a_failure_is_told_without_what_was_typed(client, moderator):
    assert log_in(client, "mia", "my secret").status_code == 200
    log_in(client, "a password in the wrong field", "x")
    rows = list(AuditEvent.objects.filter(verb=Verb.LOGIN_FAILED).order_by("id"))
    assert [row.object_id for row in rows] == [str(moderator.pk), ""]
    assert "secret" not in str([row.new for row in rows])
    assert "wrong field" not in str(list(AuditEvent.objects.values()))


def test_the_same_words_for_a_wrong_name_and_a_wrong_password(client, moderator):
    wrong_password = log_in(client, "mia", "x").content.decode()
    wrong_name = log_in(client, "nobody", "x").content.decode()
    assert wrong_password.count("errorlist") == wrong_name.count("errorlist") == 1
    assert "Please enter a correct username and password" in wrong_name


def test_ten_failures_lock_for_a_quarter_of_an_hour(client, moderator, second_moderator):
    for _ in range(9):
        assert log_in(client, "mia", "wrong").status_code == 200
    assert log_in(client, "mia", "wrong").status_code == 429
    locked = log_in(client, "mia")  # the right password does not help now
    assert locked.status_code == 429
    assert "15 minutes" in locked.content.decode()
    assert "_auth_user_id" not in client.session
    assert log_in(Client(), "max").status_code == 302  # a colleague at the same address is not locked out
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert log_in(client, "mia").status_code == 302


def test_a_locked_door_does_not_fill_the_trail(client, moderator):
    for _ in range(30):
        log_in(client, "mia", "wrong")
    assert AuditEvent.objects.filter(verb=Verb.LOGIN_FAILED).count() == 10


def test_a_disabled_person_is_out_at_the_next_request(client, moderator):
    log_in(client, "mia")
    assert client.get("/password/").status_code == 200
    moderator.is_active = False
    moderator.save(update_fields=["is_active"])
    assert client.get("/password/").status_code == 302
    assert log_in(client, "mia").status_code == 200  # and does not come in again


@pytest.mark.parametrize(
    ("to", "leads"),
    [
        ("/password/", "/password/"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http:///evil.example", "/"),
        ("\thttps://evil.example", "/"),
        ("", "/"),
    ],
)
def test_next_leads_only_to_pages_of_this_house(client, moderator, to, leads):
    assert log_in(client, "mia", next=to).headers["Location"] == leads


def test_next_of_the_admins_login_is_as_safe(client, admin_user):
    there = client.get("/admin/login/?next=https://evil.example/").headers["Location"]
    assert there.startswith("/login/?")
    assert client.post(there, {"username": "ada", "password": PASSWORD}).headers["Location"] == "/"


def test_who_is_logged_in_is_not_sent_elsewhere_by_the_login_page(client, moderator):
    log_in(client, "mia")
    assert client.get("/login/?next=https://evil.example/").headers["Location"] == "/"


def test_a_new_password_is_told_and_ends_other_sessions(client, moderator):
    elsewhere = Client()
    log_in(elsewhere, "mia")
    log_in(client, "mia")
    new = "forty two yellow bricks"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/password/", form).status_code == 302
    assert verbs()[-1] == "password"
    assert client.get("/password/").status_code == 200
    assert elsewhere.get("/password/").status_code == 302
    assert log_in(Client(), "mia", new).status_code == 302


@pytest.mark.parametrize("weak", ["short", "12345678901234", "password1234", "mia-mia-mia-mia"])
def test_a_weak_password_is_refused_in_words(client, moderator, weak):
    log_in(client, "mia")
    form = {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak}
    page = client.post("/password/", form)
    if weak == "mia-mia-mia-mia":
        assert page.status_code in {200, 302}  # long enough to be judged by likeness alone
    else:
        assert page.status_code == 200
        assert "errorlist" in page.content.decode()


def test_the_login_page_is_not_cached_and_not_framed(client, db):
    page = client.get("/login/")
    assert "no-store" in page.headers["Cache-Control"]
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]


def test_login_needs_its_token(moderator):
    page = log_in(Client(enforce_csrf_checks=True), "mia")
    assert page.status_code == 403
    assert "too old" in page.content.decode()
