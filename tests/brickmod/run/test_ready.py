"""What a run says when it is ready, and what it takes for being ready."""

import json

import pytest
import redis

from brickmod.run import environment, ready
from brickmod.run.console import Console
from brickmod.run.trial import STRANGE
from brickmod.web.broker import WORKER_KEY

DEMO = {
    "url": "http://localhost:8000",
    "api_key": "bm_example",
    "webhook_secret": "whsec_example",
    "users": [{"username": "mia", "password": "seven bricks", "role": "moderator"}],
}


@pytest.fixture
def run(tmp_path, monkeypatch, valkey_url):
    for name in STRANGE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BRICKMOD_VAR", str(tmp_path))
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("BROKER_URL", valkey_url)
    return environment.settle()


def test_the_demo_file_moves_with_the_port(run):
    (run.var / "demo.json").write_text(json.dumps(DEMO))
    (run.var / "demo.json").chmod(0o600)
    ready.demo_accounts(run)
    assert json.loads((run.var / "demo.json").read_text()) == DEMO | {"url": "http://localhost:8123"}
    assert (run.var / "demo.json").stat().st_mode & 0o777 == 0o600  # passwords are in it


def test_it_says_where_it_is_and_who_may_come_in(run, capsys):
    (run.var / "demo.json").write_text(json.dumps(DEMO))
    ready.announce(run, Console(), 12.3)
    said = capsys.readouterr().out
    for words in (
        "BrickMod is ready after 12 s:  http://localhost:8123/",
        "moderator    mia          seven bricks",
        "bm_example",
    ):
        assert words in said


def test_without_a_demo_it_says_how_the_first_admin_is_made(run, capsys):
    ready.announce(run, Console(), 3.0)
    assert "manage.py createsuperuser" in capsys.readouterr().out


def test_a_worker_of_the_last_run_does_not_count(run, valkey_url):
    client = redis.Redis.from_url(valkey_url)
    client.set(WORKER_KEY, "1")
    ready.forget_the_last_worker(run)
    assert client.get(WORKER_KEY) is None


def test_waiting_ends_when_nobody_waits_any_more(run):
    asked = iter([False, False, True])
    assert ready.wait(run, Console(), lambda: next(asked)) is False


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "http://127.0.0.1:8123"),
        ("0.0.0.0", "http://127.0.0.1:8123"),
        ("::1", "http://[::1]:8123"),
        ("10.1.2.3", "http://10.1.2.3:8123"),
    ],
)
def test_where_this_machine_reaches_the_web(run, monkeypatch, host, url):
    monkeypatch.setenv("HOST", host)
    assert environment.settle().local_url == url
