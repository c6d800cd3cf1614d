"""The interface of the feature store: small, typed, the same for every backend.

Vectors go in as float32 and lie everywhere as float16 (which costs heads less than 0.2 points). Nothing here takes a
name, an author, an app, a submission or a time finer than a day, so nothing of that kind can be stored by mistake.

Ids are random UUIDs. Where many are handled they are `keys`: a numpy array of dtype "S16", 16 bytes each, since a
million UUID objects take longer to make than a million vectors to read. `keys_of` and `ids_of` translate.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.bytes_]  # dtype "S16"
DTYPE = np.dtype("<f2")  # of a vector at rest
LARGEST = float(np.finfo(DTYPE).max)


class UnknownEncoder(LookupError):
    """The encoder version asked for is not in the store; the message says which are. Versions are never mixed."""


class Damaged(RuntimeError):
    """What lies in a file is not what its checksum says; the message names the file and what mends it."""


@dataclass(frozen=True)
class NewFeature:
    """One vector to keep. `vector`: float32 (dim,), finite, within float16. `view`: "picture", "face" or "text"."""

    encoder: str
    view: str
    vector: NDArray[np.float32]
    market: str
    day: date


@dataclass(frozen=True)
class NewLabel:
    """One piece of evidence. A correction is a newer label of the same source; `withdrawn` takes back those before.

    `policy`: the version of the policy it was made under, 0 for none. `confidence`: 0..1. `labeller`: the class of who
    said so ("moderator", "lead", "rule" …), never a name; "" where it is not known.
    """

    feature: UUID
    task: str
    value: str
    source: str
    policy: int
    day: date
    confidence: float = 1.0
    withdrawn: bool = False
    labeller: str = ""


@dataclass(frozen=True)
class StoredFeature:
    """One vector as it is kept, with its id. `vector`: float16 (dim,)."""

    id: UUID
    encoder: str
    view: str
    vector: NDArray[np.float16]
    market: str
    day: date


@dataclass(frozen=True)
class Page:
    """Some features, whole: each with all its labels, oldest first. `cursor` is where the next page begins."""

    features: list[StoredFeature]
    labels: list[NewLabel]
    cursor: str


@dataclass(frozen=True)
class Catalogue:
    """What is known of n features of one encoder version. `view`, `market`: str (n,); `day`: datetime64[D] (n,)."""

    keys: Keys
    view: NDArray[np.str_]
    market: NDArray[np.str_]
    day: NDArray[np.datetime64]

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def columns(self) -> tuple[Keys, NDArray[np.str_], NDArray[np.str_], NDArray[np.datetime64]]:
        return self.keys, self.view, self.market, self.day

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_] | slice) -> "Catalogue":
        return Catalogue(self.keys[rows], self.view[rows], self.market[rows], self.day[rows])


@dataclass(frozen=True)
class Evidence:
    """All that was said for one task about features of one encoder version: m labels about n features.

    `features` has each feature once, sorted by key. The other columns are (m,): `row` is the label's place in
    `features` (int64, never falling), and labels of one feature stand oldest first, those that were withdrawn too.
    `value`, `source`, `labeller` str; `policy` int32; `day` datetime64[D]; `confidence` float32 in 0..1; `withdrawn`
    bool.
    """

    features: Catalogue
    row: NDArray[np.int64]
    value: NDArray[np.str_]
    source: NDArray[np.str_]
    labeller: NDArray[np.str_]
    policy: NDArray[np.int32]
    day: NDArray[np.datetime64]
    confidence: NDArray[np.float32]
    withdrawn: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True)
class Dataset:
    """Labelled features of one task and one encoder version, sorted by key.

    `x` float32 or float16 (n, dim), C-contiguous; `y` str (n,); `weight` float32 (n,) in 0..1; `source` str (n,);
    `day` datetime64[D] (n,), the feature's. `label_view` and `split` say how it was made. `chance` float32
    (n, len(values)): the chance of each value where the view keeps disagreement, else a 1 for `y`. `bridged` bool (n,):
    which rows were carried over from an older encoder; None where none was.
    """

    task: str
    encoder: str
    keys: Keys
    x: NDArray[np.floating]
    y: NDArray[np.str_]
    weight: NDArray[np.float32]
    source: NDArray[np.str_]
    day: NDArray[np.datetime64]
    values: tuple[str, ...]
    chance: NDArray[np.float32]
    label_view: str
    split: str = ""
    bridged: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.keys)

    @cached_property
    def ids(self) -> list[UUID]:
        return ids_of(self.keys)


@dataclass(frozen=True)
class Batch:
    """A piece of an encoder's features, as `stream` yields it. `x` float32 (n, dim)."""

    features: Catalogue
    x: NDArray[np.float32]

    @property
    def ids(self) -> list[UUID]:
        return ids_of(self.features.keys)


@dataclass(frozen=True)
class Stats:
    """How much is there: features by (encoder version, view), labels by (task, value, source)."""

    features: Mapping[tuple[str, str], int] = field(default_factory=dict)
    labels: Mapping[tuple[str, str, str], int] = field(default_factory=dict)


class FeatureStore(Protocol):
    """What every backend keeps:

    - `put` and `label` check everything before they write, and what they wrote is durable when they return (the
      database's: when the caller's transaction is);
    - a label is never changed, only followed by another;
    - after `forget` returns, no read that begins returns the vector or its labels;
    - a read never mixes encoder versions: an unknown one raises UnknownEncoder;
    - a feature or label is returned once, whatever goes on beside the read.
    """

    def put(self, features: Sequence[NewFeature]) -> list[UUID]:
        """Keep vectors; their ids in the order given. ValueError: wrong dim, not finite, beyond float16."""
        ...

    def label(self, labels: Sequence[NewLabel]) -> None:
        """Add evidence. LookupError: a feature is not there (nothing is written then)."""
        ...

    def forget(self, features: Iterable[UUID]) -> int:
        """Delete vectors and their labels; returns how many vectors were there. Twice is fine."""
        ...

    def get(self, ids: Sequence[UUID]) -> list[StoredFeature]:
        """Those of these features that are there, in the order asked. For a few; `dataset` is for many."""
        ...

    def said(self, ids: Sequence[UUID]) -> list[NewLabel]:
        """All evidence about these features, oldest first."""
        ...

    def encoders(self) -> dict[str, int]:
        """Encoder version -> dim, of all that the store ever had."""
        ...

    def evidence(self, task: str, encoder: str, view: str = "", since: date | None = None) -> Evidence:
        """What was said for `task` about features of `view` ("" for all) whose day is not before `since`."""
        ...

    def sweep(self, encoder: str, keys: Keys) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float16]]]:
        """The vectors of sorted `keys`, in blocks of (places in `keys`, float16 (k, dim)), in whatever order they lie.

        A key that is not there (forgotten meanwhile) is left out. A block is only valid until the next is asked for.
        """
        ...

    def dataset(
        self,
        task: str,
        encoder: str,
        view: str = "",
        since: date | None = None,
        *,
        split: str = "",
        label_view: str = "",
        dtype: type[np.float32] | type[np.float16] = np.float32,
    ) -> Dataset:
        """The labelled features of a task, read in one sweep.

        `label_view` names the rule that turns evidence into labels (featurestore/labels/rules.py; "" is the default),
        `split` one part ("train", "validation", "exam"; "" for all). UnknownView, UnknownSplit: there is none such.
        Peak memory is the arrays that are returned, the evidence, and one block; with a split, all of the task's.
        """
        ...

    def stream(self, encoder: str, view: str = "", size: int = 4096) -> Iterator[Batch]:
        """All vectors of an encoder version, labelled or not, in batches of `size`, the last one smaller."""
        ...

    def stats(self) -> Stats: ...

    def walk(self, cursor: str = "", size: int = 500) -> Iterator[Page]:
        """Everything, in pages of about `size` features, from the cursor of an earlier page ("": from the start)."""
        ...

    def sample(self, view: str, size: int, rng: np.random.Generator) -> Page:
        """At most `size` features of a view from a few random places, whole with all their labels; cursor "".

        Ids are random, so what lies side by side is a random sample; the same `rng` does not promise the same one.
        """
        ...

    def keep(self, page: Page) -> None:
        """Take in a page of another store, ids and all. Twice is fine: what is already there is not written again."""
        ...


def keys_of(ids: Iterable[UUID]) -> Keys:
    return np.array([id.bytes for id in ids], "S16")


def ids_of(keys: Keys) -> list[UUID]:
    # Out of numpy a bytes loses the zeros at its end, so the whole buffer is cut instead.
    whole = np.ascontiguousarray(keys).tobytes()
    return [UUID(bytes=whole[n : n + 16]) for n in range(0, len(whole), 16)]


def check_vector(vector: NDArray[np.float32], dim: int) -> None:
    if vector.shape != (dim,):
        raise ValueError(f"this encoder's vectors have {dim} numbers, not shape {vector.shape}")
    if not np.isfinite(vector).all():
        raise ValueError("a vector has numbers that are not finite")
    if dim and float(np.abs(vector).max()) > LARGEST:
        raise ValueError(f"a vector has numbers beyond {LARGEST:.0f}, the largest of float16")
