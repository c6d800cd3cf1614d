"""`make run` as a whole: what it starts, what survives, what it leaves behind, and how it says no."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import redis

from brickmod.run.environment import ROOT, free_port
from brickmod.run.trial import Trial
from brickmod.web.broker import WORKER_KEY

pytestmark = pytest.mark.xdist_group("live")  # one whole stack at a time is enough for a small machine


def is_alive(process: psutil.Process) -> bool:
    """A zombie is dead, and only not yet collected."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def of_this_run(var: Path) -> list[psutil.Process]:
    """Every process that was started for this folder, by whomever."""
    found = []
    for process in psutil.process_iter():
        try:
            if is_alive(process) and process.environ().get("BRICKMOD_VAR") == str(var):
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess, OSError):
            continue
    return found


def master(trial: Trial, words: str) -> psutil.Process | None:
    """The child of the supervisor whose command line has these words."""
    assert trial.process is not None
    for process in psutil.Process(trial.process.pid).children():
        try:
            if words in " ".join(process.cmdline()):
                return process
        except psutil.NoSuchProcess:
            continue
    return None


def worker_answered(trial: Trial) -> float:
    """When, in seconds since 1970; 0 when it cannot be asked."""
    url = dict(line.split("=", 1) for line in (trial.var / "run.env").read_text().splitlines())["BROKER_URL"]
    try:
        return float(redis.Redis.from_url(url).get(WORKER_KEY) or 0)
    except redis.RedisError:
        return 0.0


def until(true: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain: {what}"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def trial(models, tmp_path_factory) -> Iterator[Trial]:
    """An empty BrickMod that runs."""
    with Trial(tmp_path_factory.mktemp("whole"), MODELS_DIR=str(models), DEMO="0") as trial:
        yield trial


def refused(var: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """A run that must not start."""
    given = {**os.environ, "BRICKMOD_VAR": str(var), "MODELS_DIR": str(ROOT / "var" / "models"), **environ}
    return subprocess.run(
        [sys.executable, "-m", "brickmod.run"], cwd=ROOT, env=given, capture_output=True, text=True, timeout=60
    )


def test_everything_is_there_and_the_database_is_empty(trial):
    assert trial.get("/readyz")[0] == 200
    for words in ("valkey-server", "gunicorn", "worker@", "courier@", "celery -q -A brickmod beat"):
        assert master(trial, words), words
    for words in ("training@", "mlflow"):
        until(lambda words=words: master(trial, words), f"{words} starts when the rest is ready")
    assert "No demo" in trial.said()
    assert not (trial.var / "demo.json").exists()
    code = "from brickmod.access.models import App, User; print(User.objects.count(), App.objects.count())"
    assert trial.manage("shell", "-v0", "-c", code).split() == ["0", "0"]


def test_mlflow_answers_where_manage_py_expects_it(trial):
    code = "from django.conf import settings as s; print(s.MLFLOW_TRACKING_URI)"
    url = trial.manage("shell", "-v0", "-c", code).strip()
    port = int(url.rpartition(":")[2])

    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(answers, f"MLflow on port {port}", 120)


@pytest.mark.parametrize(("name", "words"), [("web", "gunicorn"), ("worker", "worker@"), ("broker", "valkey-server")])
def test_a_killed_process_comes_back(trial, name, words):
    before = master(trial, words)
    workers = before.children(recursive=True)
    killed_at = time.time()
    before.send_signal(signal.SIGKILL)
    until(lambda: f"{name} was killed by SIGKILL" in trial.said(), "the supervisor notices")
    until(lambda: (now := master(trial, words)) and now.pid != before.pid, f"{name} starts again")
    assert not [worker for worker in workers if is_alive(worker)], "workers of the dead one are still there"
    until(lambda: trial.get("/readyz")[0] == 200, "ready again")
    until(lambda: worker_answered(trial) > killed_at, "a worker takes work from the broker again")


def test_a_second_run_from_the_same_folder_is_refused(trial):
    said = refused(trial.var, PORT=str(free_port()))
    assert said.returncode == 2
    assert (
        said.stderr.strip()
        == f"BrickMod is already running from {trial.var} (process {trial.process.pid}). Stop it first."
    )
    assert trial.get("/healthz")[0] == 200


def test_the_second_start_prepares_nothing_and_a_sigterm_leaves_nothing(trial):
    assert trial.stop(signal.SIGTERM, 25) == 0
    assert of_this_run(trial.var) == []
    length = len(trial.said())
    trial.start()
    trial.wait()
    assert "preparing" not in trial.said()[length:]


def test_a_killed_supervisor_leaves_nothing_and_the_next_run_waits_for_that(trial):
    trial.process.kill()
    trial.process.wait()
    trial.start()  # at once: the folder's lock is still held for the processes of the killed one
    trial.wait()
    trial.stop(signal.SIGINT, 25)
    until(lambda: not of_this_run(trial.var), "all of both runs are gone", 15)


def test_a_port_in_use_is_one_clear_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused(tmp_path, PORT=str(port))
    assert said.returncode == 2
    assert said.stderr == f"Port {port} is in use. Free it, or choose another: make run PORT={port + 1}\n"
    assert said.stdout == ""
    assert of_this_run(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    said = refused(tmp_path / "file" / "var")
    assert said.returncode == 2
    assert said.stderr.startswith(f"{tmp_path}/file/var cannot be written")
    assert said.stderr.count("\n") == 1


def test_missing_models_are_one_clear_line(tmp_path):
    said = refused(tmp_path, MODELS_DIR=str(tmp_path / "nothing"), PORT=str(free_port()))
    assert said.returncode == 2
    assert said.stderr == (
        f"There are no models in {tmp_path}/nothing. `make run` prepares them, or: manage.py prepare_models\n"
    )
