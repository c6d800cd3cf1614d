"""What a run decides for itself, what it takes over, and what it leaves for `manage.py`."""

import os
import socket
import stat
import subprocess
import sys

import pytest

from brickmod.run import environment
from brickmod.run.environment import ROOT, CannotRun
from brickmod.run.trial import STRANGE


@pytest.fixture
def var(tmp_path, monkeypatch):
    for name in STRANGE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BRICKMOD_VAR", str(tmp_path))
    return tmp_path


def manage(var, *words: str) -> subprocess.CompletedProcess:
    environ = {"PATH": os.environ["PATH"], "BRICKMOD_VAR": str(var)}
    return subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=environ, capture_output=True, text=True)


def test_ports_and_password_stay_the_same_from_run_to_run(var):
    first = environment.settle()
    environment.remember(first)
    second = environment.settle()
    assert (second.broker_url, second.mlflow_url) == (first.broker_url, first.mlflow_url)
    assert stat.S_IMODE((var / "run.env").stat().st_mode) == 0o600  # the broker's password is in it


def test_a_port_that_somebody_took_is_replaced(var):
    first = environment.settle()
    environment.remember(first)
    password, port = environment.broker_password_and_port(first.broker_url)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        second = environment.settle()
    assert environment.broker_password_and_port(second.broker_url)[0] == password
    assert environment.broker_password_and_port(second.broker_url)[1] != port


def test_servers_given_from_outside_are_used_and_not_written_down(var, monkeypatch):
    monkeypatch.setenv("BROKER_URL", "redis://:secret@broker.example:6379/3")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://mlflow.example")
    run = environment.settle()
    environment.remember(run)
    assert (run.own_broker, run.own_mlflow) == (False, False)
    assert run.environ["BROKER_URL"] == "redis://:secret@broker.example:6379/3"
    assert "example" not in (var / "run.env").read_text()


def test_port_that_is_no_number(var, monkeypatch):
    monkeypatch.setenv("PORT", "eighty")
    with pytest.raises(CannotRun, match="PORT='eighty' is not a number"):
        environment.settle()


def test_manage_py_needs_nothing_exported(var):
    run = environment.settle()
    environment.remember(run)
    shown = manage(
        var, "shell", "-v0", "-c", "from django.conf import settings as s; print(s.BROKER_URL, s.SECRET_KEY)"
    )
    assert shown.returncode == 0, shown.stderr
    broker, key = shown.stdout.split()
    assert broker == run.broker_url
    assert key == (var / "secret-key").read_text().strip()
    assert len(key) >= 32
    assert stat.S_IMODE((var / "secret-key").stat().st_mode) == 0o600


def test_the_key_is_made_once(var):
    environment.keep_secret_key(var)
    key = (var / "secret-key").read_text()
    environment.keep_secret_key(var)
    assert (var / "secret-key").read_text() == key
    assert [file.name for file in var.iterdir()] == ["secret-key"]


def test_no_key_is_made_where_one_is_given(var, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "x" * 40)
    environment.keep_secret_key(var)
    assert not (var / "secret-key").exists()


def test_settings_without_any_key_refuse(tmp_path):
    environ = {"PATH": os.environ["PATH"], "BRICKMOD_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "brickmod.settings"}
    code = "import django; django.setup()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, text=True)
    assert done.returncode != 0
    assert "Set SECRET_KEY" in done.stderr
