"""A whole BrickMod in a folder of its own, for tests and benchmarks: starts, waits until it is ready, stops."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from brickmod.run.environment import ROOT, free_port

# What a run in a trial must not take over from whoever started it.
STRANGE = (
    "BROKER_URL",
    "DATABASE_URL",
    "MLFLOW_TRACKING_URI",
    "SECRET_KEY",
    "SITE_URL",
    "PORT",
    "HOST",
    "DEMO",
    "DEMO_PAST",
    "DEBUG",
)


class Trial:
    """`python -m brickmod.run` with var/ in `folder`. Its models are those that were prepared for the project.

    Settings are given as words: Trial(folder, DEMO="0", UNDO_SECONDS="1").
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self.var = folder
        self.log = folder / "run.log"
        self.port = int(settings.pop("PORT", "") or free_port())
        self.url = f"http://localhost:{self.port}"
        inherited = {name: value for name, value in os.environ.items() if name not in STRANGE}
        self.environ = {
            "MODELS_DIR": str(ROOT / "var" / "models"),
            **inherited,
            "BRICKMOD_VAR": str(folder),
            "PORT": str(self.port),
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self._heard = 0  # how much of its log was there before it was started

    def start(self) -> None:
        self.var.mkdir(parents=True, exist_ok=True)
        self._heard = len(self.said())
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "brickmod.run"],
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self, seconds: float = 180.0) -> float:
        """Until it is ready. Returns how long that took; raises RuntimeError with the end of its log if it never is."""
        started = time.monotonic()
        while time.monotonic() - started < seconds:
            if self.process is None or self.process.poll() is not None:
                raise RuntimeError(f"the run ended:\n{self.tail()}")
            # As it says itself: /readyz alone answers before the demo is loaded.
            if "BrickMod is ready" in self.said()[self._heard :] and self.get("/readyz")[0] == 200:
                return time.monotonic() - started
            time.sleep(0.1)
        raise RuntimeError(f"not ready after {seconds:.0f} s:\n{self.tail()}")

    def stop(self, number: int = signal.SIGTERM, seconds: float = 30.0) -> int:
        """Send it a signal and wait for its end. Returns its exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()  # its guard ends the rest
            self.process.wait()
            raise

    def __enter__(self) -> "Trial":
        self.start()
        try:
            self.wait()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.stop()

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """(status, body) of a GET; status 0 when nobody answers."""
        try:
            with urllib.request.urlopen(urllib.request.Request(self.url + path, headers=headers), timeout=10) as answer:  # noqa: S310
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 0, b""

    def manage(self, *words: str) -> str:
        """What `manage.py WORDS` prints, run as somebody in another terminal would."""
        environ = {name: value for name, value in self.environ.items() if name != "PORT"}
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(words)}: {done.stderr[-2000:]}")
        return done.stdout

    @property
    def demo(self) -> dict[str, Any]:
        return json.loads((self.var / "demo.json").read_text())

    def said(self) -> str:
        """All that it printed, in all of its runs."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def tail(self) -> str:
        return "\n".join(self.said().splitlines()[-40:])
