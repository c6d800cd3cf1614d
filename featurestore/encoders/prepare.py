"""Export every model once into MODELS_DIR: from packages that carry weights to files that only onnxruntime reads.

A recipe makes the files of one folder. It is made again when its key changes (its own version, the versions of the
packages it reads from, the settings it depends on) or when a file is not what the manifest says. Otherwise nothing
is imported that is slow: the second run takes less than a second.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from featurestore.encoders.base import ModelMissing
from featurestore.encoders.manifest import MANIFEST, Entry, Manifest, sha256_of


@dataclass(frozen=True)
class Recipe:
    """How one folder of MODELS_DIR is made.

    `export` is "module:function"; the function gets a folder that stands for MODELS_DIR, writes its files into
    `folder/name/`, compares them with what they were made from, and raises if they differ.
    """

    name: str
    export: str
    packages: tuple[str, ...]
    version: int = 1
    depends_on: tuple[str, ...] = ()

    def key(self) -> str:
        """A digest of all that the files depend on."""
        return hashlib.sha256(
            json.dumps(
                [self.name, self.version, self.depends_on, [(package, _version(package)) for package in self.packages]]
            ).encode()
        ).hexdigest()[:16]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        raise ModelMissing(f"The package {package} that carries a model is not installed.") from None


def is_ready(recipe: Recipe, models_dir: Path, manifest: Manifest) -> bool:
    """Whether the files are there and of the right size. Checksums are compared whenever a file is opened."""
    files = manifest.of(recipe.name)
    return (
        bool(files)
        and manifest.recipes.get(recipe.name) == recipe.key()
        and all(_size(models_dir / path) == entry.bytes for path, entry in files.items())
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def prepare(
    recipes: Sequence[Recipe],
    models_dir: Path,
    *,
    again: bool = False,
    tell: Callable[[Recipe, str], None] = lambda *_: None,
) -> list[str]:
    """Make what is not ready; return the names of what was made.

    `tell` hears ("ready" | "exporting" | "done") for each recipe. Files are made beside their place and moved into it
    when they are whole; the manifest is replaced after them, so a crash in between leaves a folder that is refused
    and made again, never one that is half right and trusted.
    """
    models_dir.mkdir(parents=True, exist_ok=True)
    made = []
    for recipe in recipes:
        key = recipe.key()  # first: a package that is not installed should be named before a long export
        if not again and is_ready(recipe, models_dir, Manifest.read(models_dir)):
            tell(recipe, "ready")
            continue
        tell(recipe, "exporting")
        with tempfile.TemporaryDirectory(prefix=".making-", dir=models_dir) as staging:
            module, function = recipe.export.split(":")
            getattr(import_module(module), function)(Path(staging))
            entries = {
                str(path.relative_to(staging)): Entry(sha256_of(path), path.stat().st_size)
                for path in sorted((Path(staging) / recipe.name).rglob("*"))
                if path.is_file()
            }
            if not entries:
                raise ModelMissing(f"{recipe.export} wrote no file into {recipe.name}/.")
            shutil.rmtree(models_dir / recipe.name, ignore_errors=True)
            os.replace(Path(staging) / recipe.name, models_dir / recipe.name)
        _write(models_dir, Manifest.read(models_dir).with_recipe(recipe.name, key, entries))
        made.append(recipe.name)
        tell(recipe, "done")
    return made


def _write(models_dir: Path, manifest: Manifest) -> None:
    """Replace the manifest as a whole, so that nobody reads half of one."""
    body = {"recipes": manifest.recipes, "files": {path: asdict(entry) for path, entry in manifest.files.items()}}
    with tempfile.NamedTemporaryFile("w", dir=models_dir, prefix=".manifest-", delete=False) as file:
        json.dump(body, file, indent=1, sort_keys=True)
    os.chmod(file.name, 0o644)
    os.replace(file.name, models_dir / MANIFEST)
