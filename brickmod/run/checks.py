"""What must be true before anything is started. Each check that fails says so in one line, and what to do."""

import fcntl
import os
import time
from pathlib import Path
from typing import IO

from brickmod.run.environment import CannotRun, Run, is_free

PATIENCE = 15.0  # a run that was killed needs about ten seconds until the last of its processes is gone


def var_is_ours(var: Path) -> IO[str]:
    """Take the lock of var/: two runs over one database file are fine, over one broker's file they are not.

    The lock is held as long as the returned file is open.
    """
    try:
        var.mkdir(parents=True, exist_ok=True)
        file = open(var / "run.lock", "a+")  # noqa: SIM115 (stays open)
    except OSError as error:
        raise CannotRun(f"{var} cannot be written ({error.strerror}). BRICKMOD_VAR=… names another folder.") from None
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            file.seek(0)
            pid = file.read().strip()
            if _alive(pid):
                raise CannotRun(f"BrickMod is already running from {var} (process {pid}). Stop it first.") from None
            if time.monotonic() > deadline:
                raise CannotRun(f"Processes of an earlier run still use {var}.") from None
            time.sleep(0.2)
    file.seek(0)
    file.truncate()
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def ports(run: Run) -> None:
    host = "0.0.0.0" if run.host in {"", "localhost"} else run.host  # noqa: S104
    if not is_free(run.port, host):
        raise CannotRun(f"Port {run.port} is in use. Free it, or choose another: make run PORT={run.port + 1}")


def models(run: Run) -> None:
    folder = Path(run.environ.get("MODELS_DIR") or run.var / "models")
    if not folder.is_dir() or not any(folder.iterdir()):
        raise CannotRun(f"There are no models in {folder}. `make run` prepares them, or: manage.py prepare_models")


def _alive(pid: str) -> bool:
    if not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
