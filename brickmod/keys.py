"""Secret keys that live in files and never in the database, so that a backup of the database opens nothing.

A key is made once by whoever asks first, and is the same for every process that shares the folder. Destroyed, it is
gone: what was sealed under it can no longer be read, wherever copies of that lie. That holds as long as the folder
itself is in no backup and no snapshot; the tag in it tells backup programs so.
"""

import os
import re
import secrets
from pathlib import Path

from django.conf import settings

SIZE = 32  # bytes
_NAME = re.compile(r"[a-z0-9-]+")
# https://bford.info/cachedir/: tar --exclude-caches, restic, borg and others pass such a folder over.
_TAG = "Signature: 8a477f597d28d172789f06886806bc55\nKeys that are to be destroyed for good: no backup of these.\n"


class Keys:
    """The keys of one folder. Names are lower case letters, digits and hyphens."""

    def __init__(self, folder: Path, tagged: bool = True) -> None:
        """Not `tagged`: the folder is to be backed up, by itself (docs/restricted.md)."""
        self.folder, self.tagged = folder, tagged

    @classmethod
    def configured(cls) -> "Keys":
        return cls(Path(settings.KEYS_FOLDER))

    def get(self, name: str) -> bytes | None:
        """The key, or None when it was never made or is destroyed."""
        try:
            return self._file(name).read_bytes()
        except FileNotFoundError:
            return None

    def make(self, name: str) -> bytes:
        """The key; made, and safe on the disk, if there was none. Raises OSError when it cannot be kept."""
        while (key := self.get(name)) is None:
            self._prepare()
            draft = self.folder / f".{name}-{secrets.token_hex(8)}"
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(SIZE))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, self._file(name))  # fails when another process was first: never two keys of one name
                self._sync()
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return key

    def names(self, start: str = "") -> list[str]:
        return sorted(path.stem for path in self.folder.glob(f"{start}*.key")) if self.folder.is_dir() else []

    def destroy(self, name: str) -> bool:
        """Overwrite it and take it away. False: it was not there."""
        there = _shred(self._file(name))
        if there:
            self._sync()
        return there

    def _file(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"no name for a key: {name!r}")
        return self.folder / f"{name}.key"

    def _prepare(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        tag = self.folder / "CACHEDIR.TAG"
        if self.tagged and not tag.exists():
            tag.write_text(_TAG)

    def _sync(self) -> None:
        """The folder's own entry on the disk, so that a power cut brings back no key and loses none."""
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _shred(file: Path) -> bool:
    try:
        with file.open("r+b") as old:
            old.write(secrets.token_bytes(max(SIZE, os.fstat(old.fileno()).st_size)))
            old.flush()
            os.fsync(old.fileno())
        file.unlink()
    except FileNotFoundError:
        return False
    return True
