"""Which code trained a head: the project's version, and a checksum of what decides how a head comes out."""

import hashlib
import tomllib
from functools import cache
from pathlib import Path

ROOMS = ("heads", "labels")
HERE = Path(__file__).resolve().parents[1]


@cache
def code_version() -> str:
    """E.g. "0.1.0+9f31c2aa04d1": the same wherever the same code lies, with git or without."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text())["project"]
    digest = hashlib.sha256()
    for room in ROOMS:
        for file in sorted((HERE / room).glob("*.py")):
            digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return f"{project['version']}+{digest.hexdigest()[:12]}"
