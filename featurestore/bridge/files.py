"""Bridges on disk: `OLD--NEW.npz` (two arrays, no pickle), `OLD--NEW.json` (what it is, and the other's checksum)."""

import hashlib
import io
import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from featurestore.bridge.fit import Bridge
from featurestore.store.base import Damaged


class NoBridge(LookupError):
    """There is no bridge between two encoder versions; the message says which, and which there are."""


def folder() -> Path:
    return settings.VAR / "bridges"


def save(bridge: Bridge, report: dict[str, Any], into: Path | None = None) -> Path:
    """Write a bridge with its `report` (what it costs a head); an older one between the same versions is replaced."""
    into = into or folder()
    into.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez(buffer, weight=bridge.weight, bias=bridge.bias)
    raw = buffer.getvalue()
    name = _name(bridge.old, bridge.new)
    sheet = {
        "old": bridge.old,
        "new": bridge.new,
        "pairs": bridge.pairs,
        "ridge": bridge.ridge,
        "error": bridge.error,
        "sha256": hashlib.sha256(raw).hexdigest(),
        "report": report,
    }
    _replace(into / f"{name}.npz", raw)
    # The sheet comes last: between the two writes the old sheet refuses the new numbers; nobody uses half a bridge.
    _replace(into / f"{name}.json", json.dumps(sheet, indent=1).encode())
    return into / f"{name}.npz"


def load(old: str, new: str, out_of: Path | None = None) -> Bridge:
    """Raises NoBridge, or Damaged when the checksum is another."""
    out_of = out_of or folder()
    path = out_of / f"{_name(old, new)}.npz"
    try:
        sheet = json.loads(path.with_suffix(".json").read_text())
        raw = path.read_bytes()
    except FileNotFoundError:
        there = ", ".join(f"{a} -> {b}" for a, b in there_are(out_of)) or "none"
        raise NoBridge(f"no bridge from {old} to {new}; there are: {there}. `manage.py bridge` makes one.") from None
    if hashlib.sha256(raw).hexdigest() != sheet["sha256"]:
        raise Damaged(f"{path} is not what its sheet says. Delete it, then run `manage.py bridge` again.")
    with np.load(io.BytesIO(raw), allow_pickle=False) as arrays:
        return Bridge(old, new, arrays["weight"], arrays["bias"], sheet["pairs"], sheet["ridge"], sheet["error"])


def there_are(out_of: Path | None = None) -> list[tuple[str, str]]:
    """(old, new) of every bridge."""
    sheets = [json.loads(path.read_text()) for path in sorted((out_of or folder()).glob("*.json"))]
    return [(sheet["old"], sheet["new"]) for sheet in sheets]


def _name(old: str, new: str) -> str:
    return "--".join(re.sub(r"[^A-Za-z0-9._-]", "_", version) for version in (old, new))


def _replace(path: Path, data: bytes) -> None:
    with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=".bridge-", delete=False) as file:
        file.write(data)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
