"""A head: a small ONNX model on an encoder's vectors, with a sheet that says what it is.

`head.onnx` has an input `x` float32 (n, dim) and an output `p` float32 (n,), a calibrated probability; `head.json` is
the sheet. Both lie in a detector's folder (what it comes with) or in a HeadVersion's row (what was trained here). A
pickle is never read; a file that does not match its checksum is refused.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from featurestore.encoders.base import ModelMissing


@dataclass(frozen=True)
class HeadSheet:
    """What head.json holds: task, version, encoder's version, threshold, sha256 of head.onnx, how it was made."""

    task: str
    version: str
    encoder: str
    dim: int
    threshold: float
    sha256: str
    made_by: str
    data: str
    metrics: dict[str, Any]
    view: str = ""


class Scorer(Protocol):
    """What a detector asks: a Head, or one that is watched."""

    @property
    def sheet(self) -> HeadSheet: ...

    def score(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]: ...


class Head:
    """Scores vectors. `encoder` must equal the encoder's version, or `score` would compare what cannot be compared.

    Raises ModelMissing when `raw` is not what the sheet says, or reads another encoder.
    """

    def __init__(self, raw: bytes, sheet: HeadSheet, encoder: str | None = None) -> None:
        self.sheet = sheet
        name = f"head {sheet.task} {sheet.version}"
        found = hashlib.sha256(raw).hexdigest()
        if found != sheet.sha256:
            raise ModelMissing(f"{name}: its file has checksum {found[:12]}, its sheet says {sheet.sha256[:12]}")
        if encoder is not None and encoder != sheet.encoder:
            raise ModelMissing(f"{name} reads {sheet.encoder}, not {encoder}")
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 4  # what is wrong is raised, and told by who asked
        self._session = ort.InferenceSession(raw, options, providers=["CPUExecutionProvider"])
        shapes = {entry.name: entry.shape for entry in self._session.get_inputs()}
        if set(shapes) != {"x"} or "p" not in {output.name for output in self._session.get_outputs()}:
            raise ModelMissing(f"{name}: its file has not the input x and the output p")
        if isinstance(width := (shapes["x"] or [None])[-1], int) and width != sheet.dim:
            raise ModelMissing(f"{name}: its file reads {width} numbers, its sheet says {sheet.dim}")

    @classmethod
    def read(cls, folder: Path, encoder: str | None = None) -> "Head":
        """From a folder with head.onnx and head.json."""
        sheet = HeadSheet(**json.loads((folder / "head.json").read_text()))
        return cls((folder / "head.onnx").read_bytes(), sheet, encoder)

    def score(self, vectors: NDArray[np.float32], options: ort.RunOptions | None = None) -> NDArray[np.float32]:
        """Probability of the positive class for each row of `vectors` (n, dim)."""
        if not len(vectors):
            return np.zeros(0, np.float32)
        return self._session.run(["p"], {"x": np.ascontiguousarray(vectors, np.float32)}, options)[0].reshape(-1)


class Stopped(Exception):
    """The head was told to stop."""


class Stoppable:
    """A head that another thread can stop, also in the middle of its graph; afterwards it answers no more."""

    def __init__(self, head: Head) -> None:
        self.sheet = head.sheet
        self._head = head
        self._options = ort.RunOptions()

    def score(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """As Head.score. Raises Stopped, or what onnxruntime raises when it is stopped between two nodes."""
        if self._options.terminate:
            raise Stopped
        return self._head.score(vectors, self._options)

    def stop(self) -> None:
        self._options.terminate = True
