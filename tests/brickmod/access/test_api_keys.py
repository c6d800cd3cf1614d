"""How an app proves who it is, and what it hears when it cannot."""

from datetime import timedelta

import pytest
from django.urls import include, path
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from brickmod.access.actions import issue_key, revoke_key, rotate_key
from brickmod.access.models import ApiKey, AuditEvent, Scope, Verb
from brickmod.access.permissions import has_scope

pytestmark = pytest.mark.django_db


class Whoami(APIView):
    def get(self, request):
        return Response({"app": request.user.app.slug, "key": request.auth.pk})


class Publish(Whoami):
    permission_classes = [has_scope(Scope.PUBLISH)]


urlpatterns = [
    path("api/t/whoami/", Whoami.as_view()),
    path("api/t/publish/", Publish.as_view()),
    path("", include("brickmod.urls")),
]


@pytest.fixture(autouse=True)
def _urls(settings):
    settings.ROOT_URLCONF = __name__


def ask(authorization: str | None, address: str = "/api/t/whoami/"):
    client = APIClient()
    if authorization is not None:
        client.credentials(HTTP_AUTHORIZATION=authorization)
    return client.get(address)


def refused(answer) -> str:
    """The sentence of a 401 that is shaped as it should be."""
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 401
    assert problem["instance"].startswith("urn:uuid:")
    return problem["detail"]


def test_a_good_key_opens(calling_app):
    key, secret = issue_key(calling_app, ["submit"])
    answer = ask(f"Bearer {secret}")
    assert answer.json() == {"app": "brick-club", "key": key.pk}
    assert ask(f"bearer {secret}").status_code == 200  # the scheme's case does not matter


def test_only_the_hash_is_kept(calling_app):
    key, secret = issue_key(calling_app, ["submit"], name="production")
    row = ApiKey.objects.filter(pk=key.pk).values().get()
    assert secret not in str(row)
    assert row["digest"] == ApiKey.digest_of(secret)
    assert secret.startswith(row["start"])
    assert len(secret) - len(row["start"]) >= 32  # what is shown of it leaves 190 bits unknown


def test_one_query_a_request_and_one_more_a_day(calling_app, django_assert_num_queries):
    _, secret = issue_key(calling_app, ["submit"])
    with django_assert_num_queries(2):
        ask(f"Bearer {secret}")
    assert ApiKey.objects.get().last_used_on == timezone.now().date()
    for _ in range(3):
        with django_assert_num_queries(1):
            assert ask(f"Bearer {secret}").status_code == 200


@pytest.mark.parametrize(
    "authorization",
    ["Bearer", "Bearer a b", "Basic a2V5OmtleQ==", "Bearer bm_wrong", "Bearer bm_\u00e6", "bm_bare", "Bearer  "],
)
def test_a_wrong_key_is_refused(calling_app, authorization):
    issue_key(calling_app, ["submit"])
    refused(ask(authorization.encode("latin-1").decode("latin-1")))


def test_no_key_is_refused(db):
    refused(ask(None))


def test_a_revoked_key_is_refused(calling_app):
    key, secret = issue_key(calling_app, ["submit"])
    assert revoke_key(key)
    assert "revoked" in refused(ask(f"Bearer {secret}"))
    assert not revoke_key(key)
    assert AuditEvent.objects.filter(verb=Verb.KEY_REVOKED).count() == 1


def test_an_expired_key_is_refused(calling_app):
    key, secret = issue_key(calling_app, ["submit"], expires_at=timezone.now() + timedelta(hours=1))
    assert ask(f"Bearer {secret}").status_code == 200
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "expired" in refused(ask(f"Bearer {secret}"))


def test_a_key_of_an_app_that_is_switched_off_is_refused(calling_app):
    _, secret = issue_key(calling_app, ["submit"])
    calling_app.active = False
    calling_app.save(update_fields=["active"])
    assert "switched off" in refused(ask(f"Bearer {secret}"))


def test_a_missing_scope_is_403(calling_app):
    _, secret = issue_key(calling_app, ["submit"])
    answer = ask(f"Bearer {secret}", "/api/t/publish/")
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "'publish'" in answer.json()["detail"]
    _, wider = issue_key(calling_app, ["submit", "publish"])
    assert ask(f"Bearer {wider}", "/api/t/publish/").status_code == 200


def test_a_persons_session_is_no_key(admin_user):
    client = APIClient()
    client.force_login(admin_user)
    refused(client.get("/api/t/whoami/"))


def test_both_keys_work_while_one_replaces_the_other(calling_app):
    old, old_secret = issue_key(calling_app, ["submit", "publish"], name="production")
    new, new_secret = rotate_key(old, timedelta(hours=1))
    assert (new.scopes, new.name) == (["publish", "submit"], "production")
    assert ask(f"Bearer {old_secret}").status_code == 200
    assert ask(f"Bearer {new_secret}").status_code == 200
    ApiKey.objects.filter(pk=old.pk).update(expires_at=timezone.now())
    refused(ask(f"Bearer {old_secret}"))
    assert ask(f"Bearer {new_secret}").status_code == 200


def test_without_grace_the_old_key_ends_at_once(calling_app):
    old, old_secret = issue_key(calling_app, ["submit"])
    rotate_key(old, timedelta(0))
    refused(ask(f"Bearer {old_secret}"))


def test_grace_never_lengthens_a_life(calling_app):
    end = timezone.now() + timedelta(minutes=5)
    old, _ = issue_key(calling_app, ["submit"], expires_at=end)
    new, _ = rotate_key(old, timedelta(days=7))
    old.refresh_from_db()
    assert old.expires_at == end
    assert new.expires_at > timezone.now()  # as long a life as the old one had, from now on


def test_a_dead_key_has_no_successor(calling_app):
    key, _ = issue_key(calling_app, ["submit"])
    revoke_key(key)
    with pytest.raises(ValueError, match="no longer works"):
        rotate_key(key)
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"scopes": []}, {"scopes": ["everything"]}, {"expires_at": timezone.now()}])
def test_a_key_that_makes_no_sense_is_not_issued(calling_app, wrong):
    with pytest.raises(ValueError):
        issue_key(calling_app, **{"scopes": ["submit"], **wrong})
    assert not ApiKey.objects.exists()


def test_what_happens_to_keys_stands_in_the_trail(calling_app, admin_user):
    key, secret = issue_key(calling_app, ["submit"], by=admin_user)
    fresh, second = rotate_key(key, by=admin_user)
    revoke_key(fresh, by=admin_user)
    rows = AuditEvent.objects.filter(kind="apikey").order_by("id")
    assert [row.verb for row in rows] == ["key_made", "key_rotated", "key_revoked"]
    assert {row.user for row in rows} == {admin_user}
    assert {row.new["app"] for row in rows} == {"brick-club"}
    assert {row.app for row in rows} == {None}  # it was done to the app, not by it
    told = str([(row.old, row.new) for row in rows])
    assert secret not in told
    assert second not in told


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=255), max_size=60))
def test_whatever_stands_in_the_header_it_is_an_answer(text):
    """No header makes a crash: it is 401, whatever it says."""
    client = APIClient(raise_request_exception=True)
    assert client.get("/api/t/whoami/", HTTP_AUTHORIZATION=text).status_code == 401
