"""A whole BrickMod for a benchmark: started in a folder of its own, on free ports, ended afterwards."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from brickmod.run.environment import free_port, keep_secret_key, var_folder

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def stack(**settings: str) -> Iterator[str]:
    """Start it empty; yields its URL. This process's Django sees the same database (django.setup is done here)."""
    models = var_folder() / "models"
    with TemporaryDirectory(prefix="brickmod-bench-") as folder:
        var = Path(folder)
        port = free_port()
        os.environ |= {"BRICKMOD_VAR": folder, "MODELS_DIR": str(models), "PORT": str(port), "DEMO": "0", **settings}
        keep_secret_key(var)
        log = (var / "run.log").open("w+")
        process = subprocess.Popen(
            [sys.executable, "-m", "brickmod.run"], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_ready(url, process, var / "run.log")
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brickmod.settings")
            import django

            django.setup()
            yield url
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            log.close()


def new_key() -> str:
    """A key of a fresh calling app, with all scopes."""
    from brickmod.access.actions import issue_key
    from brickmod.access.models import App, Scope

    app, _ = App.objects.get_or_create(slug="benchmark", defaults={"name": "Benchmark"})
    return issue_key(app, list(Scope.values))[1]


def _wait_ready(url: str, process: "subprocess.Popen[bytes]", log: Path, seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=2)
            return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                break
            time.sleep(0.3)
    sys.exit(f"BrickMod did not start:\n{log.read_text()[-2000:]}")
