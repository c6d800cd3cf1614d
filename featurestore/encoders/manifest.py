"""The manifest of MODELS_DIR: which files there must be, and their checksums.

`manifest.json` is written by `prepare_models` after the files. A file that is not in it, or whose SHA-256 is another,
is refused: a half-written or exchanged model would decide about children without anybody noticing.
"""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from featurestore.encoders.base import ModelMissing

MANIFEST = "manifest.json"
MEND = "Run `manage.py prepare_models`."


@dataclass(frozen=True)
class Entry:
    """What one file must be."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """`recipes`: name -> key it was made under. `files`: path below MODELS_DIR -> entry."""

    recipes: dict[str, str] = field(default_factory=dict)
    files: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def read(cls, models_dir: Path) -> "Manifest":
        """The manifest there; an empty one when there is none or it cannot be read (everything is then made again)."""
        try:
            raw = json.loads((models_dir / MANIFEST).read_text())
            return cls(dict(raw["recipes"]), {path: Entry(**entry) for path, entry in raw["files"].items()})
        except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def of(self, recipe: str) -> dict[str, Entry]:
        return {path: entry for path, entry in self.files.items() if path.startswith(f"{recipe}/")}

    def with_recipe(self, recipe: str, key: str, entries: dict[str, Entry]) -> "Manifest":
        kept = {path: entry for path, entry in self.files.items() if not path.startswith(f"{recipe}/")}
        return Manifest(self.recipes | {recipe: key}, kept | entries)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def model_file(models_dir: Path, name: str) -> Path:
    """The path of `name` ("image/encoder.onnx") after its checksum was compared. Raises ModelMissing."""
    path = models_dir / name
    entry = Manifest.read(models_dir).files.get(name)
    if entry is None:
        raise ModelMissing(f"The model file {name} is not in {models_dir / MANIFEST}. {MEND}")
    try:
        found = sha256_of(path)
    except FileNotFoundError:
        raise ModelMissing(f"The model file {path} is missing. {MEND}") from None
    if found != entry.sha256:
        raise ModelMissing(
            f"The model file {path} has the checksum {found[:12]}, but the manifest says {entry.sha256[:12]}: "
            f"it was changed or cut off. Delete it, then run `manage.py prepare_models`."
        )
    return path
