"""The file of a theme head: arrays in an .npz (or a network in an .onnx), and beside it a sheet that says what it is.

Arrays are read with pickle switched off, and a file that does not match its sheet's checksum is refused.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from featurestore.encoders.base import ModelMissing

Arrays = Mapping[str, NDArray]


@dataclass(frozen=True)
class Sheet:
    """What a head reads and says. `themes`: slugs, in the order of its probabilities.

    `thresholds`: accepted share of wrong answers -> least probability at which an answer is given.
    """

    name: str
    kind: str  # "text", "image" or "network"
    version: str
    encoder: str
    themes: tuple[str, ...]
    thresholds: Mapping[str, float]
    sha256: str
    made_by: str
    data: str
    metrics: Mapping[str, Any] = field(default_factory=dict)
    prior: tuple[float, ...] = ()

    def threshold(self, risk: float) -> float:
        """The least probability at which at most `risk` of the answers are wrong; of the next stricter risk known."""
        fitting = [float(known) for known in self.thresholds if float(known) <= risk + 1e-9]
        return self.thresholds[f"{max(fitting):.2f}"] if fitting else 1.0


def write(folder: Path, kind: str, arrays: Arrays, **sheet: Any) -> Sheet:
    """Write `kind`.npz and `kind`.json."""
    return keep(folder, kind, ".npz", _packed(arrays), **sheet)


def made(kind: str, arrays: Arrays, **sheet: Any) -> tuple[Sheet, bytes]:
    """The sheet of these arrays and the file, for whoever keeps them elsewhere."""
    raw = _packed(arrays)
    return Sheet(kind=kind, sha256=hashlib.sha256(raw).hexdigest(), **sheet), raw


def _packed(arrays: Arrays) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **dict(arrays))
    return buffer.getvalue()


def keep(folder: Path, kind: str, suffix: str, raw: bytes, **sheet: Any) -> Sheet:
    """Write a file as it is, and its sheet."""
    made = Sheet(kind=kind, sha256=hashlib.sha256(raw).hexdigest(), **sheet)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{kind}{suffix}").write_bytes(raw)
    (folder / f"{kind}.json").write_text(json.dumps(asdict(made), indent=1, ensure_ascii=False) + "\n")
    return made


def read(folder: Path, kind: str, encoder: str | None = None) -> tuple[Sheet, Arrays]:
    """The sheet and its arrays. Raises ModelMissing: not there, another checksum, or made for another encoder."""
    sheet, data = opened(folder, kind, ".npz")
    return sheet, _unpacked(sheet, data, encoder)


def unpacked(raw: Mapping[str, Any], data: bytes, name: str, encoder: str | None = None) -> tuple[Sheet, Arrays]:
    """As `read`, of a sheet and a file that were kept elsewhere. `name`: what an error calls the file."""
    sheet = _checked(raw, data, name)
    return sheet, _unpacked(sheet, data, encoder)


def _unpacked(sheet: Sheet, data: bytes, encoder: str | None) -> Arrays:
    if encoder is not None and encoder != sheet.encoder:
        raise ModelMissing(f"The theme head {sheet.name} reads {sheet.encoder}, not {encoder}.")
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def opened(folder: Path, kind: str, suffix: str) -> tuple[Sheet, bytes]:
    """The sheet and the file as it is. Raises ModelMissing: not there, or another checksum."""
    try:
        raw = json.loads((folder / f"{kind}.json").read_text())
        data = (folder / f"{kind}{suffix}").read_bytes()
    except OSError as error:
        raise ModelMissing(f"The theme head {kind} is not in {folder}: {error.strerror}.") from error
    return _checked(raw, data, f"{folder / kind}{suffix}"), data


def _checked(raw: Mapping[str, Any], data: bytes, name: str) -> Sheet:
    sheet = Sheet(**{**raw, "themes": tuple(raw["themes"]), "prior": tuple(raw["prior"])})
    if hashlib.sha256(data).hexdigest() != sheet.sha256:
        raise ModelMissing(f"{name} is not what its sheet says.")
    return sheet
