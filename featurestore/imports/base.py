"""What every reader of an export gives."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote


class BadExport(Exception):
    """Says in one sentence why the file cannot be used."""


@dataclass(frozen=True)
class Row:
    """One labelled thing. `values`: all labels that it was given, each once; () when somebody looked and gave none.

    `file` is the name of a picture as the tool knew it; `text` the text itself. One of the two is None.
    """

    name: str
    values: tuple[str, ...]
    file: str | None = None
    text: str | None = None


def load(path: Path) -> Any:
    """The JSON in a file. Raises BadExport."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadExport(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise BadExport(f"{path} is no JSON: {error}.") from error


class Pictures:
    """The pictures below a folder, found by the name that a tool gave them. Nothing outside the folder is opened."""

    def __init__(self, folder: Path, files: Iterable[Path] | None = None) -> None:
        self.folder = folder
        self._by_name: dict[str, list[Path]] = {}
        for path in sorted(folder.rglob("*") if files is None else files):
            if path.is_file():
                self._by_name.setdefault(path.name, []).append(path)

    def find(self, name: str) -> Path | None:
        """The file whose path ends most like `name` ("/data/upload/3/1f2e3d4c-cat.jpg"); None if none does, or two."""
        parts = _tail(name)
        if not parts:
            return None
        # An upload's name gets eight hexadecimal digits in front.
        found = self._by_name.get(parts[-1]) or self._by_name.get(parts[-1][9:] if _numbered(parts[-1]) else "") or []
        best = max((_agreement(path, parts) for path in found), default=0)
        alike = [path for path in found if _agreement(path, parts) == best]
        return alike[0] if len(alike) == 1 else None


def _tail(name: str) -> tuple[str, ...]:
    path = name.partition("?d=")[2] or name.partition("?")[0]
    return tuple(part for part in PurePosixPath(unquote(path)).parts if part not in ("/", ".", ".."))


def _numbered(name: str) -> bool:
    return len(name) > 9 and name[8] == "-" and all(digit in "0123456789abcdef" for digit in name[:8])


def _agreement(path: Path, parts: Sequence[str]) -> int:
    same = 0
    for ours, theirs in zip(reversed(path.parts[:-1]), reversed(parts[:-1]), strict=False):
        if ours != theirs:
            break
        same += 1
    return same
