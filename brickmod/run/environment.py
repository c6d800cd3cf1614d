"""What a run knows about itself: its folder, its ports, its secrets, and what every process of it is told.

Nothing here needs Django: `manage.py` and the supervisor read it before Django is there.
"""

import os
import random
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEB_PORT = 8000


class CannotRun(Exception):
    """Why this run cannot start, as one sentence that says what to do."""


def var_folder() -> Path:
    """Where the embedded default keeps all of its state."""
    return Path(os.environ.get("BRICKMOD_VAR") or ROOT / "var").absolute()


def keep_secret_key(var: Path) -> None:
    """Make var/secret-key once. Settings read it where SECRET_KEY is not given; no key stands in the code."""
    file = var / "secret-key"
    if file.exists() or os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE"):
        return
    var.mkdir(parents=True, exist_ok=True)
    part = var / f"secret-key.{os.getpid()}"
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(secrets.token_urlsafe(48) + "\n")
    try:
        os.link(part, file)  # unlike a rename, this does not replace a key that another process has just made
    except FileExistsError:
        pass
    finally:
        part.unlink()


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        # As the servers do: a port whose last connections are still fading away counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A free port below the range from which systems take the near end of outgoing connections.

    A server that is restarted needs the same port again; one out of that range could be in use by then.
    """
    for _ in range(200):
        port = random.randint(20_000, 32_000)  # noqa: S311 (nothing depends on its being hard to guess)
        if is_free(port):
            return port
    raise CannotRun("No free port was found between 20000 and 32000.")


@dataclass(frozen=True)
class Run:
    """One run: where it keeps things, which servers it brings along, and the environment of its processes."""

    var: Path
    host: str
    port: int
    broker_url: str
    own_broker: bool
    mlflow_url: str
    own_mlflow: bool
    environ: dict[str, str]

    @property
    def url(self) -> str:
        return self.environ["SITE_URL"]

    @property
    def local_url(self) -> str:
        """The web server as this machine sees it (SITE_URL may be the public name)."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "localhost", ""} else self.host  # noqa: S104
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def settle() -> Run:
    """Decide where everything is, from the environment and from what the last run decided (var/run.env).

    Raises CannotRun.
    """
    var = var_folder()
    given = dict(os.environ)
    try:
        port = int(given.get("PORT") or WEB_PORT)
    except ValueError:
        raise CannotRun(f"PORT={given['PORT']!r} is not a number.") from None
    host = given.get("HOST") or "127.0.0.1"
    last = _read(var / "run.env")
    broker = given.get("BROKER_URL") or _broker_url(last.get("BROKER_URL", ""))
    mlflow = (
        given.get("MLFLOW_TRACKING_URI") or f"http://127.0.0.1:{_same_or_free(last.get('MLFLOW_TRACKING_URI', ''))}"
    )
    site = given.get("SITE_URL") or f"http://localhost:{port}"
    environ = {
        **_MANNERS,
        **given,
        "DJANGO_SETTINGS_MODULE": "brickmod.settings",
        "BRICKMOD_VAR": str(var),
        "DATABASE_URL": given.get("DATABASE_URL") or f"sqlite:///{var / 'brickmod.sqlite3'}",
        "BROKER_URL": broker,
        "MLFLOW_TRACKING_URI": mlflow,
        "SITE_URL": site,
        "PROMETHEUS_MULTIPROC_DIR": str(var / "metrics"),
        "PYTHONUNBUFFERED": "1",
    }
    return Run(
        var=var,
        host=host,
        port=port,
        broker_url=broker,
        own_broker="BROKER_URL" not in given,
        mlflow_url=mlflow,
        own_mlflow="MLFLOW_TRACKING_URI" not in given,
        environ=environ,
    )


def remember(run: Run) -> None:
    """Write var/run.env, so that `manage.py` in another terminal finds the servers of this run.

    What was given from outside is not written: it may hold a password, and whoever gave it can give it again.
    """
    known = {"SITE_URL": run.url}
    if run.own_broker:
        known["BROKER_URL"] = run.broker_url
    if run.own_mlflow:
        known["MLFLOW_TRACKING_URI"] = run.mlflow_url
    part = run.var / "run.env.part"
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.writelines(f"{name}={value}\n" for name, value in known.items())
    part.replace(run.var / "run.env")


# Several processes share the cores: libraries that each start a thread for every core only get in each other's way.
# And nothing goes out that nobody asked for: no telemetry, no look at a model hub.
_MANNERS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    # Celery warns root because of tasks that come as pickles; ours come as JSON and nothing else is read.
    "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
}


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    return dict(line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)


def _port_of(url: str) -> int:
    tail = url.rpartition(":")[2].partition("/")[0]
    return int(tail) if tail.isdigit() else 0


def _same_or_free(url: str) -> int:
    port = _port_of(url)
    return port if port and is_free(port) else free_port()


def _broker_url(last: str) -> str:
    """127.0.0.1 is open to every user of this machine, so the embedded broker asks for a password."""
    password = last.partition("//:")[2].partition("@")[0] or secrets.token_urlsafe(24)
    return f"redis://:{password}@127.0.0.1:{_same_or_free(last)}/0"


def broker_password_and_port(url: str) -> tuple[str, int]:
    """Of a URL that `settle` made."""
    return url.partition("//:")[2].partition("@")[0], _port_of(url)
