"""What has been prepared, and whether it still stands: so that a second start does nothing twice."""

import hashlib
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from brickmod.run.environment import ROOT

STATE = "prepared.json"
SOURCES = ("static/**/*", "*/migrations/*.py", "*/*/migrations/*.py", "requirements.txt", "brickmod/settings.py")


@dataclass
class Prepared:
    """What `manage.py prepare_run` leaves in var/prepared.json.

    `empty`: nobody and nothing is in the database. `loading`: the demo was begun, and perhaps never finished. `past`:
    so was its past, which comes when everything is ready.
    """

    mark: str = ""
    empty: bool = True
    loading: bool = False
    past: bool = False

    def save(self, var: Path) -> None:
        part = var / f"{STATE}.part"
        part.write_text(json.dumps(asdict(self)))
        part.replace(var / STATE)


def load(var: Path) -> Prepared:
    try:
        return Prepared(**json.loads((var / STATE).read_text()))
    except (OSError, ValueError, TypeError):
        return Prepared()


def mark(var: Path, database_url: str) -> str:
    """Changes when there may be something to migrate or to collect. "" when that cannot be seen from here."""
    scheme, _, path = database_url.partition("://")
    if scheme != "sqlite":
        return ""  # a server's database can be replaced behind our back, and Django knows in two seconds
    try:
        database = Path(path).stat().st_ino
        collected = (var / "static").stat().st_ino
    except FileNotFoundError:
        return ""
    digest = hashlib.sha256(f"{sys.version} {database_url} {database} {collected}".encode())
    for pattern in SOURCES:
        for file in sorted(ROOT.glob(pattern)):
            status = file.stat()
            digest.update(f"{file.relative_to(ROOT)} {status.st_size} {status.st_mtime_ns}".encode())
    return digest.hexdigest()
