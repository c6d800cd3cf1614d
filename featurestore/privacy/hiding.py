"""What may be done to a vector before it is stored, so that whoever holds the store and the encoder cannot find a
picture's vector again. One setting, FEATURE_HIDING, and one place: the door of the store.

- "projection": the vector is brought to length 1, laid on the SIZE widest axes that public pictures or texts have,
  made as wide along each (or the widest would say how it was turned), and turned by a secret that lies with the keys.
  `manage.py prepare_hiding` finds the axes. Heads learn from what comes out nearly as well as from the vector.
- "noise": the vector is brought to length 1, and random numbers of total length FEATURE_NOISE are added. No secret.

A hidden vector is of another encoder version than a plain one, and hidden under another secret of yet another, so
nothing mixes them. A head that learned from hidden vectors is asked with `hide` before, never with the bare vector.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from brickmod.keys import Keys
from featurestore.store.base import FeatureStore, NewFeature

SIZE = 64  # numbers that a projection leaves
KEY = "projection"
Vectors = NDArray[np.float32]


class NotPrepared(RuntimeError):
    """The setting asks for what was never made ready; the message says how to."""


class Hiding(Protocol):
    """`x` float32 (n, dim) becomes float32 (n, m); `suffix` is what the encoder's version gets for it."""

    @property
    def suffix(self) -> str: ...

    def hide(self, x: Vectors) -> Vectors: ...


@dataclass(frozen=True)
class Projection:
    """`centre` (dim,) and `axes` (dim, size) are public; `turn` (size, size) is made from the secret."""

    centre: Vectors
    axes: Vectors
    secret: bytes = field(repr=False)

    @classmethod
    def fit(cls, public: Vectors, secret: bytes, size: int = SIZE) -> "Projection":
        """Axes from vectors (n, dim) of public pictures or texts. More than `size` of them."""
        x = unit(public)
        if len(x) <= size:
            raise ValueError(f"{len(x)} public vectors do not give {size} axes")
        centre = x.mean(0)
        _, widths, axes = np.linalg.svd(x - centre, full_matrices=False)
        widths = widths[:size] / np.sqrt(len(x) - 1)
        # The thinnest of the axes are noise: they are not blown up to the full.
        scale = 1 / np.sqrt(widths**2 + 0.01 * np.mean(widths**2))
        return cls(centre, (axes[:size].T * scale).astype(np.float32), secret)

    @property
    def suffix(self) -> str:
        return f"+projected-{hashlib.sha256(b'version' + self.secret + self.axes.tobytes()).hexdigest()[:8]}"

    def hide(self, x: Vectors) -> Vectors:
        return unit(((unit(x) - self.centre) @ self.axes @ _turn(self.secret, self.axes.shape[1])).astype(np.float32))

    def keep(self, encoder: str) -> None:
        file = axes_file(encoder)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_suffix(".draft")
        with draft.open("wb") as out:
            np.savez(out, centre=self.centre, axes=self.axes)
        draft.replace(file)

    @classmethod
    def kept(cls, encoder: str) -> "Projection":
        """What `prepare_hiding` has kept for this encoder version. Raises NotPrepared."""
        secret, file = Keys.configured().get(KEY), axes_file(encoder)
        if secret is None or not file.exists():
            raise NotPrepared(f"There is no projection for {encoder}: run `manage.py prepare_hiding` first.")
        with np.load(file) as there:
            return cls(there["centre"], there["axes"], secret)


@dataclass(frozen=True)
class Noise:
    length: float  # of what is added, in lengths of the vector
    seed: int | None = None  # for measurements that are to be repeated; None: from the system

    @property
    def suffix(self) -> str:
        return f"+noise-{self.length:g}"

    def hide(self, x: Vectors) -> Vectors:
        added = np.random.default_rng(self.seed).standard_normal(x.shape, np.float32)
        return unit(x) + added * np.float32(self.length / np.sqrt(x.shape[1]))


def hiding(encoder: str) -> Hiding | None:
    """What the settings say for vectors of this encoder version; None: they are stored as they are."""
    if settings.FEATURE_HIDING == "projection":
        return _projection(encoder, str(settings.KEYS_FOLDER))
    if settings.FEATURE_HIDING == "noise":
        return Noise(settings.FEATURE_NOISE)
    return None


@cache
def _projection(encoder: str, folder: str) -> Projection:
    return Projection.kept(encoder)


class HidingStore:
    """A store that hides whatever is put into it. All else is the store's own."""

    def __init__(self, store: FeatureStore) -> None:
        self._store = store

    def put(self, features: Sequence[NewFeature]) -> list[UUID]:
        return self._store.put([_hidden(new) for new in features])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def _hidden(new: NewFeature) -> NewFeature:
    how = hiding(new.encoder)
    if how is None:
        return new
    return replace(new, encoder=new.encoder + how.suffix, vector=how.hide(np.asarray(new.vector, np.float32)[None])[0])


def axes_file(encoder: str) -> Path:
    return Path(settings.KEYS_FOLDER) / f"axes-{hashlib.sha256(encoder.encode()).hexdigest()[:16]}.npz"


def unit(x: Vectors) -> Vectors:
    """Rows of length 1: how long a vector is says which it is, whatever is done to its direction."""
    length = np.linalg.norm(x, axis=1, keepdims=True)
    return (x / np.maximum(length, 1e-12)).astype(np.float32)


@cache
def _turn(secret: bytes, size: int) -> Vectors:
    """(size, size), orthogonal, the same for ever: from a hash, since a library's random numbers change with its
    version. Four bytes a number, as the sum of four uniform ones: near enough to normal for a random direction."""
    stream = np.frombuffer(hashlib.shake_256(secret + b"turn").digest(4 * size * size), np.uint8)
    normal = stream.reshape(size, size, 4).astype(np.float64).sum(2) - 510
    q, r = np.linalg.qr(normal)
    return (q * np.sign(np.diag(r))).astype(np.float32)
