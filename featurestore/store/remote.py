"""Segments in object storage, through fsspec: which protocols there are, and what they need, is its affair."""

from collections.abc import Iterable
from pathlib import Path

import fsspec
from django.conf import settings
from fsspec.core import url_to_fs

from featurestore.store import bucket


class Remote:
    """A folder behind a URL. Objects appear whole or not at all, which is all that is asked of it."""

    def __init__(self, url: str) -> None:
        if bucket.is_ours(url):
            self.fs: fsspec.AbstractFileSystem = bucket.BucketFileSystem(endpoint_url=settings.SEGMENTS_S3_ENDPOINT)
            self.root = url.removeprefix("s3://").rstrip("/")
        else:
            self.fs, self.root = url_to_fs(url)

    def read(self, name: str) -> bytes:
        return self.fs.cat_file(self._path(name))

    def write(self, name: str, content: bytes) -> None:
        self.fs.pipe_file(self._path(name), content)

    def fetch(self, name: str, to: Path) -> None:
        self.fs.get_file(self._path(name), str(to))

    def send(self, path: Path, name: str) -> None:
        self.fs.put_file(str(path), self._path(name))

    def names(self) -> list[str]:
        # Asked anew each time: fsspec remembers listings.
        self.fs.invalidate_cache()
        try:
            return [path.rpartition("/")[2] for path in self.fs.ls(self.root, detail=False)]
        except FileNotFoundError:
            return []

    def remove(self, names: Iterable[str]) -> None:
        for name in names:
            self.fs.rm_file(self._path(name))

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}"
