"""Where a training was: everything that its next step depends on, in one file that is there whole or not at all."""

import hashlib
import io
import os
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch

NAME = "checkpoint.pt"
KEPT = 2  # the newest, and the one before it should that one be damaged
_SUM = 32  # bytes of the SHA-256 that stands before the rest


class OtherTraining(ValueError):
    """The checkpoint is of other settings, other data or another number of processes. The message is a sentence."""


def randomness() -> dict[str, Any]:
    """The state of every generator of this process."""
    numbers: Any = np.random.get_state(legacy=True)
    name, keys, *rest = numbers
    state = {
        "python": random.getstate(),
        "numpy": (name, keys.tolist(), *rest),
        "torch": torch.get_rng_state(),
    }
    if torch.cuda.is_available():
        state["cuda"] = torch.cuda.get_rng_state()
    return state


def set_randomness(state: dict[str, Any]) -> None:
    version, numbers, gauss = state["python"]
    random.setstate((version, tuple(numbers), gauss))
    name, keys, position, has_gauss, cached = state["numpy"]
    np.random.set_state((name, np.array(keys, np.uint32), position, has_gauss, cached))
    torch.set_rng_state(state["torch"])
    if "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"])


def save(folder: Path, state: dict[str, Any]) -> Path:
    """Write the newest checkpoint. A kill at any moment leaves the one before it."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    raw = buffer.getvalue()
    part = folder / f".{NAME}"
    with part.open("wb") as file:
        file.write(hashlib.sha256(raw).digest() + raw)
        file.flush()
        os.fsync(file.fileno())
    path = folder / NAME
    if path.exists():
        os.replace(path, folder / f"{NAME}.1")
    os.replace(part, path)
    return path


def load(folder: Path) -> dict[str, Any] | None:
    """The newest checkpoint that is whole, or None. Only numbers and names are read: no code comes in with it."""
    for name in (NAME, *(f"{NAME}.{number}" for number in range(1, KEPT))):
        try:
            raw = (folder / name).read_bytes()
        except OSError:
            continue
        if hashlib.sha256(raw[_SUM:]).digest() == raw[:_SUM]:
            return torch.load(io.BytesIO(raw[_SUM:]), map_location="cpu", weights_only=True)
    return None
