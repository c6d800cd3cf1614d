"""A head: a small ONNX model on an encoder's vectors, with a sheet that says what it is.

Two files in one folder: `head.onnx` (input `x` float32 (n, dim), output `p` float32 (n,) calibrated probability)
and `head.json` (the sheet). A pickle is never read; a file that does not match its checksum is refused.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


class Head:
    """Scores vectors. `encoder` must equal the encoder's version, or `score` would compare what cannot be compared."""

    def __init__(self, folder: Path, encoder: str | None = None) -> None:
        raw = (folder / "head.onnx").read_bytes()
        self.sheet = HeadSheet(**json.loads((folder / "head.json").read_text()))
        found = hashlib.sha256(raw).hexdigest()
        if found != self.sheet.sha256:
            raise ModelMissing(f"{folder}/head.onnx has checksum {found[:12]}, its sheet says {self.sheet.sha256[:12]}")
        if encoder is not None and encoder != self.sheet.encoder:
            raise ModelMissing(f"head {self.sheet.task} {self.sheet.version} reads {self.sheet.encoder}, not {encoder}")
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = ort.InferenceSession(raw, options, providers=["CPUExecutionProvider"])

    def score(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probability of the positive class for each row of `vectors` (n, dim)."""
        if not len(vectors):
            return np.zeros(0, np.float32)
        return self._session.run(["p"], {"x": np.ascontiguousarray(vectors, np.float32)})[0].reshape(-1)
