"""A real MLflow on a free port, with its database in a folder that is thrown away. Starting it takes seconds."""

import os
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from brickmod.run.environment import _MANNERS, Run, free_port
from brickmod.run.processes import mlflow


@contextmanager
def server(seconds: float = 240.0) -> Iterator[str]:
    """Its URL, as long as the block lasts: started as `make run` starts it."""
    with tempfile.TemporaryDirectory(prefix="brickmod-mlflow-") as folder:
        url = f"http://127.0.0.1:{free_port()}"
        run = Run(Path(folder), "", 0, "", False, url, True, {})
        log = Path(folder) / "log"
        with log.open("wb") as out:
            environ = {**os.environ, **_MANNERS}
            process = subprocess.Popen(mlflow(run).command, env=environ, stdout=out, stderr=subprocess.STDOUT)
        try:
            end = time.monotonic() + seconds
            while not _answers(url):
                if process.poll() is not None or time.monotonic() > end:
                    said = log.read_text(errors="replace")[-2000:]
                    raise RuntimeError(f"MLflow did not start, code {process.poll()}:\n{said}")
                time.sleep(0.1)
            yield url
        finally:
            process.terminate()
            process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False
