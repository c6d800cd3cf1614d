"""What every test can ask for: a small cast with known rights, real servers out of their wheels, and a real browser.

Three kinds of test get their marker here, by what they ask for, so that no test can forget it: `postgres` (reads or
writes the database: runs a second time on PostgreSQL), `browser`, and the group of those that share one running stack.
"""

import fcntl
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from tests import mlflow_server, network, postgres, valkey

# As in the workers of `make run`: one process a core, so one thread each. Twice as many threads as cores spend most
# of their time waiting for each other. Read when torch is imported, and by the processes that pytest-xdist starts.
for name, value in {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}.items():
    os.environ.setdefault(name, value)

PASSWORD = "a brick upon a brick"
DATABASE = {"db", "transactional_db", "live_server"}
NOBODY = "redis://127.0.0.1:1/0"  # a port where nothing listens: refused at once


# -- the run itself ----------------------------------------------------------------------------------------------
def pytest_configure(config: pytest.Config) -> None:
    """Settings that hold for all tests: quick password hashes, children's files in a folder that is thrown away."""
    config._brickmod_media = Path(tempfile.mkdtemp(prefix="brickmod-media-"))
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if django_settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        # A file, as in real life: in memory, SQLite's threads share one cache and refuse each other instead of waiting.
        test = django_settings.DATABASES["default"].setdefault("TEST", {})
        test["NAME"] = str(config._brickmod_media / "test.sqlite3")
    if "location" in django_settings.STORAGES["default"]["OPTIONS"]:
        django_settings.STORAGES["default"]["OPTIONS"]["location"] = str(config._brickmod_media)
    django_settings.STORAGES["vault"]["OPTIONS"]["location"] = str(config._brickmod_media / "vault")
    django_settings.VAULT_KEYS_FOLDER = config._brickmod_media / "vault-keys"
    django_settings.KEYS_FOLDER = config._brickmod_media / "keys"
    django_settings.STATIC_ROOT = config._brickmod_media / "static"
    django_settings.STATIC_ROOT.mkdir()
    django_settings.BROKER_URL = django_settings.CELERY_BROKER_URL = NOBODY


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config._brickmod_media, ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if "live" in asked:
            item.add_marker(pytest.mark.xdist_group("live"))
        if "mlflow_url" in asked:
            item.add_marker(pytest.mark.xdist_group("mlflow"))  # one server is enough
        if "browser" in asked:
            item.add_marker(pytest.mark.browser)
        elif "live" not in asked and (asked & DATABASE or item.get_closest_marker("django_db")):
            item.add_marker(pytest.mark.postgres)


# -- the cast ----------------------------------------------------------------------------------------------------
@pytest.fixture
def make_user(db) -> Callable:
    """make_user("moderator", username="mia", languages=["da"]): a person with that role ("" for none)."""
    from django.contrib.auth.models import Group

    from brickmod.access.models import User
    from brickmod.access.roles import ensure_roles

    def make_user(role: str = "moderator", username: str = "", **fields):
        user = User.objects.create_user(username or f"a-{role or 'nobody'}", password=PASSWORD, **fields)
        if role:
            ensure_roles()
            user.groups.add(Group.objects.get(name=role))
            if role == "admin" and not user.is_staff:
                user.is_staff = True
                user.save(update_fields=["is_staff"])
        return user

    return make_user


@pytest.fixture
def moderator(make_user):
    return make_user("moderator", "mia")


@pytest.fixture
def second_moderator(make_user):
    return make_user("moderator", "max")


@pytest.fixture
def lead(make_user):
    return make_user("lead", "lea")


@pytest.fixture
def ml_engineer(make_user):
    return make_user("ml_engineer", "mel")


@pytest.fixture
def admin_user(make_user):
    return make_user("admin", "ada")


@pytest.fixture
def custodian(make_user):
    return make_user("custodian", "kim")


@pytest.fixture
def second_custodian(make_user):
    return make_user("custodian", "kai")


@pytest.fixture
def outsider(make_user):
    """Can log in, and may do nothing."""
    return make_user("", "otto")


@pytest.fixture
def logged_in() -> Callable:
    """logged_in(moderator): a Django test client with that person's session."""

    def logged_in(user) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return logged_in


@pytest.fixture
def calling_app(db):
    from brickmod.access.models import App

    return App.objects.create(name="Brick Club", slug="brick-club")


@pytest.fixture
def other_app(db):
    from brickmod.access.models import App

    return App.objects.create(name="Stud World", slug="stud-world")


@pytest.fixture
def api_for() -> Callable:
    """api_for(app, scopes=["submit"]): a DRF client that sends a key of that app."""

    def api_for(app, scopes=("submit", "appeal", "publish")) -> APIClient:
        from brickmod.access.actions import issue_key

        _, key = issue_key(app, list(scopes))
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {key}")
        return client

    return api_for


@pytest.fixture
def api(api_for, calling_app) -> APIClient:
    """A client of `calling_app` with every scope."""
    return api_for(calling_app)


# -- several at once ---------------------------------------------------------------------------------------------
@pytest.fixture
def at_once(transactional_db, tmp_path) -> Iterator[Callable]:
    """at_once(*calls): every call in a thread of its own, begun together. Returns what each gave or raised.
    Ask for it before anything that makes rows."""

    def at_once(*calls: Callable) -> list:
        from django.db import connections

        barrier = threading.Barrier(len(calls))
        answers: list = [None] * len(calls)

        def run(n: int, call: Callable) -> None:
            try:
                barrier.wait()
                answers[n] = call()
            except Exception as error:
                answers[n] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=item) for item in enumerate(calls)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    from tests.on_disk import on_disk

    with on_disk(tmp_path):
        yield at_once


# -- real servers ------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    with valkey.server() as url:
        yield url


@pytest.fixture
def broker(valkey_url: str, settings) -> Iterator:
    """An empty Valkey that settings, Celery and `redis_client` all use. Yields a client of it."""
    from brickmod.celery import app
    from brickmod.web.broker import redis_client

    before = app.conf.broker_url
    settings.BROKER_URL = settings.CELERY_BROKER_URL = valkey_url
    _use_broker(app, valkey_url)
    redis_client.cache_clear()
    client = redis_client()
    client.flushall()
    yield client
    client.close()
    redis_client.cache_clear()
    _use_broker(app, before)


def _use_broker(app, url: str) -> None:
    app.conf.broker_url = app.conf.broker_read_url = app.conf.broker_write_url = url
    app.amqp._producer_pool = None  # connections of the last broker are kept in here
    app._pool = None


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL for a test that wants one of its own (`python -m tests.postgres` runs the suite on one)."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def aws() -> Iterator[str]:
    """The URL of a server that speaks DynamoDB's protocol and S3's, over HTTP on a free port."""
    from moto.server import ThreadedMotoServer

    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
        server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
        server.stop()


@pytest.fixture(params=["database", "segments", "dynamodb"])
def any_store(request: pytest.FixtureRequest, settings, tmp_path) -> Iterator[str]:
    """The name of the backend that is behind `get_store()`; the test runs with each, and each is empty."""
    from featurestore.store import open_store

    settings.FEATURESTORE = request.param
    settings.SEGMENTS_URL = str(tmp_path / "segments")
    if request.param == "dynamodb":
        settings.DYNAMODB_ENDPOINT = request.getfixturevalue("aws")
        settings.DYNAMODB_TABLE = f"features-{uuid4().hex}"
    open_store.cache_clear()
    yield request.param
    open_store.cache_clear()


@pytest.fixture(scope="session")
def mlflow_url() -> Iterator[str]:
    """A real MLflow server. BRICKMOD_TEST_MLFLOW names one that runs already, while one works on these tests."""
    if url := os.environ.get("BRICKMOD_TEST_MLFLOW"):
        yield url
        return
    with mlflow_server.server() as url:
        yield url


@pytest.fixture(scope="session")
def models() -> Path:
    """The folder with all models, prepared if they are not there."""
    from django.core.management import call_command

    folder = Path(django_settings.MODELS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # each worker of pytest comes by here
        call_command("prepare_models", verbosity=0)
    return folder


@pytest.fixture(scope="session")
def live(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """A whole running BrickMod with its demo: brickmod.run.trial.Trial, one for all tests that ask for it."""
    from brickmod.run.trial import Trial

    # No known cases between: who drives the desk there counts on what comes next.
    given = {"MODELS_DIR": str(models), "UNDO_SECONDS": "2", "DEMO_PAST": "0", "KNOWN_PERCENT": "0"}
    with Trial(tmp_path_factory.mktemp("live"), **given) as trial:
        yield trial


# -- a real browser ----------------------------------------------------------------------------------------------
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """Chromium. Ends with the module: while it is driven, Django takes the test for asynchronous code."""
    from playwright.sync_api import sync_playwright

    program = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    assert program, "Chromium is missing; `make test` says how to get it"
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser) -> Iterator[Callable]:
    """open_page(width=390, dark=True): a page of a fresh session. The test fails if a script of ours threw an error,
    or if the page wanted something that its content security policy forbids."""
    wrong: list[str] = []
    contexts = []

    def open_page(width: int = 1440, height: int = 900, dark: bool = False, **options):
        scheme = "dark" if dark else "light"
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda line: wrong.append(f"{page.url}: {line.text}") if "Content Security Policy" in line.text else None,
        )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong, wrong


@pytest.fixture
def page(open_page):
    """A page at 1440 px."""
    return open_page()


# -- no way out --------------------------------------------------------------------------------------------------
@pytest.fixture
def no_network() -> Iterator[list[str]]:
    """Nothing but this machine can be reached. Yields what wanted to go out."""
    with network.shut() as seen:
        yield seen


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A page leaves its reader's language in the thread; the next request chooses anew, the next test does not."""
    yield
    translation.deactivate()
