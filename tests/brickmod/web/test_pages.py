"""Who may open which page, and what a page says when it does not open."""

from urllib.parse import unquote

import pytest
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, include, path

from brickmod.web.guards import needs
from brickmod.web.nav import entries_for

pytestmark = pytest.mark.django_db

# Open to everybody, each for a reason: a door, a machine's question, or the API with its own lock.
OPEN = {
    "login/",
    "logout/",
    "language/",
    "words/<slug:language>/<slug:version>.js",
    "healthz",
    "readyz",
    "metrics",
    "api/schema/",
    "api/docs/",
    "^api/",
}
# These ask for a person or a key by another way than our guard.
OTHERWISE = ("admin/", "api/", "password/")


def crash(request):
    raise RuntimeError("the database password is hunter2")


@needs("desk.decide")
def guarded(request):
    return None


urlpatterns = [path("t/crash/", crash), path("t/guarded/", guarded), path("", include("brickmod.urls"))]
handler403 = "brickmod.web.pages.forbidden"
handler404 = "brickmod.web.pages.not_found"
handler500 = "brickmod.web.pages.server_error"


def walk(patterns, before: str = ""):
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield address, pattern.callback


def test_every_page_is_guarded():
    """A new page without `needs(…)` fails here, not when somebody finds it."""
    bare = [
        address
        for address, view in walk(get_resolver("brickmod.urls").url_patterns)
        if address not in OPEN
        and not address.startswith(OTHERWISE)
        and not hasattr(view, "needs")
        and not getattr(getattr(view, "view_class", None), "permission_required", None)
    ]
    assert not bare, f"put needs(…) of brickmod.web.guards on: {bare}"


def test_every_call_of_the_api_asks_for_a_key():
    open_calls = []
    for address, view in walk(get_resolver("brickmod.urls").url_patterns):
        if address.startswith("api/v1/"):
            cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
            classes = getattr(cls, "permission_classes", [])
            if not classes or any(p.__name__ == "AllowAny" for p in classes):
                open_calls.append(address)
    assert not open_calls


PAGES = {
    "/desk/": {"moderator", "lead", "admin"},
    "/desk/queue/": {"moderator", "lead", "admin"},
    "/labels/": {"moderator", "lead", "ml_engineer", "admin"},
    "/comments/": {"moderator", "lead", "admin"},
    "/new/": {"moderator", "lead", "admin"},
    "/flow/": {"lead", "ml_engineer", "admin"},
    "/features/": {"lead", "ml_engineer", "admin"},
    "/privacy/": {"lead", "ml_engineer", "admin"},
    "/admin/": {"admin"},
    "/password/": {"moderator", "lead", "ml_engineer", "admin", ""},
}


@pytest.mark.parametrize("role", ["moderator", "lead", "ml_engineer", "admin", ""])
@pytest.mark.parametrize("page", PAGES)
def test_roles_and_pages(make_user, logged_in, role, page):
    answer = logged_in(make_user(role)).get(page, follow=page == "/admin/")
    assert answer.status_code == (200 if role in PAGES[page] else 403)


@pytest.mark.parametrize("page", PAGES)
def test_without_a_person_every_page_leads_to_the_login_and_back(client, page):
    answer = client.get(page)
    last = client.get(page, follow=True)
    assert answer.status_code == 302
    assert unquote(last.redirect_chain[-1][0]) == f"/login/?next={page}"


@pytest.mark.parametrize(
    ("role", "leads", "entries"),
    [
        (
            "moderator",
            "/desk/",
            [
                "Desk",
                "Grid",
                "Queue",
                "Search",
                "Alerts",
                "Rechecks",
                "Agreement",
                "Policies",
                "Appeals",
                "Authors",
                "Labels",
                "Comments",
                "Engagement",
            ],
        ),
        (
            "lead",
            "/desk/",
            [
                "Desk",
                "Grid",
                "Queue",
                "Search",
                "Shifts",
                "Alerts",
                "Rechecks",
                "Agreement",
                "Policies",
                "Appeals",
                "Authors",
                "Flow",
                "Labels",
                "Comments",
                "Engagement",
                "Models",
                "Features",
                "Privacy",
            ],
        ),
        ("ml_engineer", "/flow/", ["Flow", "Labels", "Engagement", "Models", "Features", "Privacy"]),
        (
            "admin",
            "/desk/",
            [
                "Desk",
                "Grid",
                "Queue",
                "Search",
                "Shifts",
                "Alerts",
                "Rechecks",
                "Agreement",
                "Policies",
                "Appeals",
                "Authors",
                "Flow",
                "Labels",
                "Comments",
                "Engagement",
                "Models",
                "Features",
                "Privacy",
                "Admin",
            ],
        ),
    ],
)
def test_the_first_page_and_the_bar_follow_the_role(make_user, logged_in, role, leads, entries):
    user = make_user(role)
    assert logged_in(user).get("/").headers["Location"] == leads
    request = RequestFactory().get("/desk/queue/")
    request.user = user
    shown = entries_for(request)
    assert [entry.label for entry in shown] == entries
    assert [entry.label for entry in shown if entry.current] == (["Queue"] if "Queue" in entries else [])


def test_who_has_no_role_is_told_so(outsider, logged_in):
    answer = logged_in(outsider).get("/")
    assert answer.status_code == 403
    assert "no role yet" in answer.content.decode()


def test_a_fragment_whose_session_ended_sends_the_page_to_the_login(settings):
    settings.ROOT_URLCONF = __name__
    answer = Client().get("/t/guarded/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://testserver/desk/?x=1")
    assert answer.headers["HX-Redirect"] == "/login/?next=/desk/%3Fx%3D1"


def test_a_page_that_is_not_there(moderator, logged_in):
    answer = logged_in(moderator).get("/nothing/here/")
    assert answer.status_code == 404
    assert "Nothing here" in answer.content.decode()
    assert "Log out" in answer.content.decode()  # the way back stays open


def test_a_crash_is_a_page_that_needs_neither_session_nor_database(settings, django_assert_num_queries):
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)
    with django_assert_num_queries(0):
        answer = client.get("/t/crash/")
    html = answer.content.decode()
    assert answer.status_code == 500
    assert "That was our mistake" in html
    assert "hunter2" not in html
    assert "Traceback" not in html


def test_a_host_that_is_not_ours_is_400(client):
    assert client.get("/healthz", HTTP_HOST="evil.example").status_code == 400
    assert client.get("/api/x/", HTTP_HOST="evil.example").headers["Content-Type"] == "application/problem+json"


def test_no_page_of_ours_has_style_or_script_inside(moderator, logged_in):
    """The content security policy would not run them."""
    for html in (Client().get("/login/").content.decode(), logged_in(moderator).get("/password/").content.decode()):
        assert " style=" not in html
        assert "<style" not in html
        assert " onclick" not in html
        assert all("src=" in tag for tag in html.split("<script")[1:])


def test_the_bar_marks_where_we_are(lead, logged_in):
    html = logged_in(lead).get("/flow/").content.decode()
    assert html.count('aria-current="page"') >= 1
    assert '<a href="/flow/" aria-current="page"' in html
