"""Which lines of a manifest were used: a bit each, so that a million lines take 125 KB and reading can go on later."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np


class WrongManifest(ValueError):
    """The progress was written for another manifest, so its line numbers mean nothing here."""


class Seen:
    """Lines that need not be read again. Belongs to one manifest (known by size and first bytes)."""

    def __init__(self, manifest: Path) -> None:
        self._of = _mark(manifest)
        self._bits = np.zeros(1024, np.uint8)

    def __contains__(self, line: int) -> bool:
        byte, bit = divmod(line, 8)
        return byte < len(self._bits) and bool(self._bits[byte] >> bit & 1)

    def __len__(self) -> int:
        return int(np.bitwise_count(self._bits).sum())

    def add(self, lines: Iterable[int]) -> None:
        """Lines that were trained on; a tensor of them, as a batch brings it, is fine."""
        for line in map(int, lines):
            byte, bit = divmod(line, 8)
            if byte >= len(self._bits):
                self._bits = np.concatenate([self._bits, np.zeros(max(byte + 1, len(self._bits)), np.uint8)])
            self._bits[byte] |= np.uint8(1 << bit)

    def save(self, path: Path) -> None:
        """Replace `path` as a whole: a crash leaves the old one or the new one."""
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=".seen-", delete=False) as file:
            np.savez(file, manifest=np.array(self._of), bits=self._bits)
        os.replace(file.name, path)

    @classmethod
    def load(cls, path: Path, manifest: Path) -> "Seen":
        """What was saved, or nothing seen when there is no such file. Raises WrongManifest."""
        seen = cls(manifest)
        if path.exists():
            with np.load(path, allow_pickle=False) as saved:
                if str(saved["manifest"]) != seen._of:
                    raise WrongManifest(f"{path} was written for another manifest than {manifest}")
                seen._bits = saved["bits"]
        return seen


def _mark(manifest: Path) -> str:
    with manifest.open("rb") as file:
        start = file.read(65_536)
    return f"{manifest.stat().st_size}:{hashlib.sha256(start).hexdigest()}"
