"""A live site on a database that its threads can share, and somebody who has logged in."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread

from tests import submissions
from tests.conftest import PASSWORD
from tests.on_disk import on_disk


@pytest.fixture
def site(transactional_db, tmp_path) -> Iterator[str]:
    """The address of a running site. Ask for it before anything that makes rows.

    Not pytest-django's live_server: on SQLite that one lends its only connection to every thread, and a decision and
    the fetch of the next one would be in each other's transactions.
    """
    with on_disk(tmp_path):
        server = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override=None, port=0)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        yield f"http://127.0.0.1:{server.port}"
        server.terminate()


@pytest.fixture
def waiting(site, calling_app) -> Callable:
    return partial(submissions.waiting, calling_app)


@pytest.fixture
def at_desk(site, moderator, open_page) -> Callable:
    """at_desk(width=390, username="max"): a page of the desk, logged in by the login page."""

    def at_desk(to: str = "/desk/", username: str = "mia", **options):
        page = open_page(**options)
        page.goto(f"{site}/login/?next={to}")
        page.get_by_label("Username").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site}{to}")
        return page

    return at_desk
