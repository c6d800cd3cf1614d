"""Where segments lie: a folder, or a URL that fsspec knows (s3://, az://, gcs://) with a folder here as its copy.

Files are written once and never changed; what they are called is in the manifest, and that is replaced in one step. So
a reader that has a file open keeps it, and one that comes later finds the new ones.
"""

import fcntl
import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import connection

from featurestore.store.base import Damaged
from featurestore.store.manifest import MEND, NAME, Manifest
from featurestore.store.remote import Remote

LOCK = "lock"
ADVISORY = 0x62726D66  # any number that nobody else of this database locks


class Busy(RuntimeError):
    """Another compaction is under way."""


class Place:
    """`folder` has the files that are read here; `remote` is where they come from, or None if the folder is all."""

    def __init__(self, url: str, cache: Path) -> None:
        if "://" in url and not url.startswith("file://"):
            self.remote: Remote | None = Remote(url)
            self.folder = cache
        else:
            self.remote = None
            self.folder = Path(url.removeprefix("file://"))

    @classmethod
    def configured(cls) -> "Place":
        return cls(settings.SEGMENTS_URL, settings.SEGMENTS_CACHE)

    def manifest(self) -> Manifest:
        """The one that holds now; an empty one where nothing was sealed yet."""
        try:
            raw = self.remote.read(NAME) if self.remote else (self.folder / NAME).read_bytes()
        except FileNotFoundError:
            return Manifest()
        return Manifest.load(raw)

    def file(self, name: str) -> Path:
        """Its path on this machine, fetched if need be. FileNotFoundError: a newer manifest has come meanwhile."""
        path = self.folder / name
        if self.remote and not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = self.folder / f"{name}.{uuid.uuid4().hex[:8]}.part"
            try:
                self.remote.fetch(name, unfinished)
                unfinished.rename(path)
            finally:
                unfinished.unlink(missing_ok=True)
        return path

    def checked(self, name: str, sha256: str) -> Path:
        """As `file`, for one that is read whole anyway. Raises Damaged."""
        path = self.file(name)
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                raise Damaged(f"{path} is not what its checksum says. {MEND}")
        return path

    def publish(self, manifest: Manifest, new: list[Path]) -> None:
        """Make `manifest` the one that holds, once its files are where they must be. Then drop what it does not name.

        1. The new files, already in the folder, reach the disk (and the remote). 2. The manifest replaces the old one
        in one step. 3. Files that it does not name are removed. A crash leaves the old manifest with its files, or the
        new one with some too many, which the next publication removes.
        """
        for path in new:
            _sync(path)
            if self.remote:
                self.remote.send(path, path.name)
        if self.remote:
            _sync(self.folder)
            self.remote.write(NAME, manifest.dump())
        else:
            unfinished = self.folder / f"{NAME}.part"
            unfinished.write_bytes(manifest.dump())
            _sync(unfinished)
            unfinished.replace(self.folder / NAME)
            _sync(self.folder)
        self.tidy(manifest)

    def tidy(self, manifest: Manifest) -> None:
        """Remove what no manifest names: of an older one, or of a compaction that was killed."""
        keep = manifest.files | {NAME, LOCK}
        for path in self.folder.iterdir():
            if path.name not in keep:
                path.unlink(missing_ok=True)
        if self.remote:
            self.remote.remove(set(self.remote.names()) - keep)

    def tidy_copies(self, manifest: Manifest) -> None:
        """Remove what was fetched for older manifests; what was forgotten is in those."""
        if self.remote:
            with suppress(Busy), self._alone_here():  # a compaction on this machine tidies up itself
                for path in self.folder.iterdir():
                    if path.name not in manifest.files | {LOCK} and path.suffix != ".part":
                        path.unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else compacts meanwhile, on this machine or (PostgreSQL) on this database. Raises Busy.

        Both locks end with the process that holds them, however it ends.
        """
        with self._alone_here(), _database_lock():
            yield

    @contextmanager
    def _alone_here(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy("another compaction is under way") from None
            yield


@contextmanager
def _database_lock() -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY])
        if not cursor.fetchone()[0]:
            raise Busy("another compaction is under way, on another machine")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY])


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
