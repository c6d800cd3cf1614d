"""The interface of the feature store: small, typed, the same for every backend.

Vectors go in and come out as rows of float32 matrices; how wide they lie on disk is the backend's own affair (the
database keeps float16, which costs heads less than 0.2 points). Nothing here takes a name, an author, an app, a
submission or a time finer than a day, so nothing of that kind can be stored by mistake.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray


class UnknownEncoder(LookupError):
    """The encoder version asked for is not in the store; the message says which are. Versions are never mixed."""


@dataclass(frozen=True)
class NewFeature:
    """One vector to keep. `vector`: float32 (dim,), finite. `view`: "picture", "face" or "text"."""

    encoder: str
    view: str
    vector: NDArray[np.float32]
    market: str
    day: date


@dataclass(frozen=True)
class NewLabel:
    """One piece of evidence. A correction is a newer label of the same source; `withdrawn` takes back those before."""

    feature: UUID
    task: str
    value: str
    source: str
    policy: int
    day: date
    confidence: float = 1.0
    withdrawn: bool = False


@dataclass(frozen=True)
class Dataset:
    """Labelled features of one task and one encoder version, in the order of `ids`.

    `x` float32 (n, dim), C-contiguous; `y` str (n,); `weight` float32 (n,) in 0..1; `source` str (n,); `day` datetime64[D] (n,).
    """

    task: str
    encoder: str
    ids: list[UUID]
    x: NDArray[np.float32]
    y: NDArray[np.str_]
    weight: NDArray[np.float32]
    source: NDArray[np.str_]
    day: NDArray[np.datetime64]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Batch:
    """A piece of a dataset, as `stream` yields it: shapes as in Dataset."""

    ids: list[UUID]
    x: NDArray[np.float32]


@dataclass(frozen=True)
class Stats:
    """How much is there. Counts by encoder version and view; labels by task, value and source."""

    features: Mapping[tuple[str, str], int] = field(default_factory=dict)
    labels: Mapping[tuple[str, str, str], int] = field(default_factory=dict)


class FeatureStore(Protocol):
    """What every backend keeps:

    - `put` and `label` are all or nothing, and durable when they return;
    - a label is never changed, only followed by another;
    - after `forget` no read returns the vector or its labels;
    - a read never mixes encoder versions: an unknown one raises UnknownEncoder.
    """

    def put(self, features: Sequence[NewFeature]) -> list[UUID]:
        """Keep vectors; returns their ids in the order given. ValueError: wrong dim, not finite."""
        ...

    def label(self, labels: Sequence[NewLabel]) -> None:
        """Add evidence. LookupError: a feature is not there (nothing is written then)."""
        ...

    def forget(self, features: Iterable[UUID]) -> int:
        """Delete vectors and their labels; returns how many vectors were there. Twice is fine."""
        ...

    def dataset(self, task: str, encoder: str, view: str = "", since: date | None = None) -> Dataset:
        """All labelled features of a task, read in one sweep; the newest label of the strongest source wins."""
        ...

    def stream(self, encoder: str, view: str = "", size: int = 4096) -> Iterator[Batch]:
        """All vectors of an encoder version, labelled or not, in batches of at most `size`."""
        ...

    def stats(self) -> Stats: ...


# Strongest first: which evidence wins where several sources labelled one feature.
STRENGTH: Mapping[str, int] = {"second_look": 5, "audit": 4, "moderator": 3, "import": 2, "weak": 1}

Evidence = tuple[str, str, float, bool]  # source, value, confidence, withdrawn


def winner(evidence: Sequence[Evidence]) -> tuple[str, float, str] | None:
    """The label that stands (value, confidence, source), from evidence of one feature and task, oldest first.

    A `withdrawn` row takes back what its source said before it. None when nothing stands.
    """
    standing: dict[str, tuple[str, float]] = {}
    for source, value, confidence, withdrawn in evidence:
        if withdrawn:
            standing.pop(source, None)
        else:
            standing[source] = (value, confidence)
    if not standing:
        return None
    source = max(standing, key=lambda name: STRENGTH.get(name, 0))
    value, confidence = standing[source]
    return value, confidence, source


def check_vector(vector: NDArray[Any], dim: int) -> None:
    if vector.shape != (dim,):
        raise ValueError(f"this encoder's vectors have {dim} numbers, not shape {vector.shape}")
    if not np.isfinite(vector).all():
        raise ValueError("a vector has numbers that are not finite")
