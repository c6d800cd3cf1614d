"""The frame of every page in a real browser: keyboard, phone, theme, and a policy that lets nothing through."""

import pytest

from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def log_in(page, live_server, username: str, to: str = "/password/") -> None:
    page.goto(f"{live_server.url}/login/?next={to}")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}{to}")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_is_wider_than_the_screen(live_server, admin_user, open_page, width, dark):
    page = open_page(width=width, dark=dark)
    log_in(page, live_server, "ada")
    for address in ("/password/", "/nothing/here/", "/admin/", "/admin/access/user/", "/admin/access/auditevent/"):
        page.goto(f"{live_server.url}{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_the_theme_is_remembered_and_the_admin_follows(live_server, admin_user, open_page):
    page = open_page()
    log_in(page, live_server, "ada")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_text("ada", exact=True).first.click()
    page.get_by_role("button", name="Dark").click()
    assert page.evaluate(ground) != light
    page.reload()
    assert page.evaluate(ground) != light
    assert page.get_by_role("button", name="Dark", include_hidden=True).get_attribute("aria-pressed") == "true"
    page.goto(f"{live_server.url}/admin/")
    page.wait_for_function("document.documentElement.classList.contains('dark')")
    page.goto(f"{live_server.url}/password/")
    page.get_by_text("ada", exact=True).first.click()
    page.get_by_role("button", name="System").click()
    assert page.evaluate(ground) == light


def test_by_keyboard_alone(live_server, moderator, open_page):
    """Skip link first; the menu opens, closes by Escape with the focus back on it, and logs out."""
    page = open_page()
    log_in(page, live_server, "mia")
    page.goto(f"{live_server.url}/nothing/here/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    menu = page.locator("details.menu")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    assert menu.get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    menu.get_by_role("button", name="Log out").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/login/")


def test_without_scripts_the_menu_opens_and_the_way_out_works(live_server, moderator, open_page):
    page = open_page(width=390, java_script_enabled=False)
    log_in(page, live_server, "mia")
    page.locator("details.menu summary").click()
    assert not page.get_by_role("button", name="Dark").is_visible()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{live_server.url}/login/")


def test_the_apis_pages_open_under_the_policy(live_server, open_page):
    """`open_page` fails the test when the content security policy refused anything."""
    page = open_page()
    page.goto(f"{live_server.url}/api/docs/")
    page.get_by_text("/api/v1/submissions/").first.wait_for()
