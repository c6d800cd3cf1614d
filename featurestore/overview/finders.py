"""Plotly's script, out of the installed package: served by us, of the version that is locked."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

NAME = "plotly.min.js"
ADDRESS = f"js/{NAME}"


class PlotlyFinder(BaseFinder):
    """That one file; the others in its folder are for notebooks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        spec = find_spec("plotly")  # found, not imported: that takes half a second
        folder = Path(((spec and spec.submodule_search_locations) or ["."])[0]) / "package_data"
        self.storage = FileSystemStorage(location=folder)
        self.storage.prefix = "js"  # type: ignore[attr-defined]  # what collectstatic puts before the name

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path.replace("\\", "/") != ADDRESS:
            return []
        found = self.storage.path(NAME)
        return [found] if find_all else found

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        yield NAME, self.storage
