"""Sealed segments opened for reading: which vectors there are, and where each lies. One for each manifest."""

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from featurestore.store import parquet
from featurestore.store.base import DTYPE, Catalogue, Damaged, Keys
from featurestore.store.checksum import checksum
from featurestore.store.manifest import BLOCK, MEND, Manifest, Segment
from featurestore.store.place import Place
from featurestore.store.tables import find_keys, join, key_order
from featurestore.store.widening import PIECE


class OpenSegment:
    """The vectors of one segment, mapped into memory. A block is compared with its checksum when it is first read."""

    def __init__(self, place: Place, segment: Segment) -> None:
        self.segment = segment
        self.path = place.file(segment.vectors)
        with self.path.open("rb") as file:
            try:
                npy.read_magic(file)
                shape, _, dtype = npy.read_array_header_1_0(file)
                start = file.tell()
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                size = segment.rows * segment.dim
                if shape != (segment.rows, segment.dim) or dtype != DTYPE or len(self._map) != start + size * 2:
                    raise ValueError(f"{shape} of {dtype}, {len(self._map)} bytes")
            except ValueError as error:
                raise Damaged(f"{self.path} is not what the manifest says ({error}). {MEND}") from None
        # Views of the map keep it open, even when this segment is long replaced.
        self.vectors: NDArray[np.float16] = np.frombuffer(self._map, DTYPE, size, start).reshape(shape)
        self._start, self._unchecked = start, set(range(len(segment.checks)))

    def blocks(self) -> Iterator[tuple[int, NDArray[np.float16]]]:
        """All vectors from first to last as (first row, float16 (<= BLOCK, dim)); what was read is let go again."""
        for block in range(len(self.segment.checks)):
            yield block * BLOCK, self.block(block)
            self.let_go(block)

    def block(self, block: int) -> NDArray[np.float16]:
        rows = self.vectors[block * BLOCK : (block + 1) * BLOCK]
        if block in self._unchecked:
            if checksum(rows) != self.segment.checks[block]:
                raise Damaged(f"{self.path} is damaged at row {block * BLOCK}. {MEND}")
            self._unchecked.discard(block)
        return rows

    def let_go(self, block: int) -> None:
        """Take a block's pages out of this process, so that a sweep over all needs the memory of one block."""
        width = BLOCK * self.segment.dim * DTYPE.itemsize
        first = (self._start + block * width) // mmap.PAGESIZE * mmap.PAGESIZE
        self._map.madvise(mmap.MADV_DONTNEED, first, min(width + mmap.PAGESIZE, len(self._map) - first))


@dataclass(frozen=True)
class Index:
    """All sealed features of one encoder version, sorted by key: what is known of each, and where it lies."""

    catalogue: Catalogue
    segment: NDArray[np.int16]
    row: NDArray[np.int32]
    segments: list[OpenSegment]

    def find(self, keys: Keys) -> NDArray[np.int64]:
        """Places in this index; -1 for those that are not in it."""
        return find_keys(self.catalogue.keys, keys)

    def sweep(self, places: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float16]]]:
        """The vectors at `places`, as they lie: (which of `places`, float16 (k, dim), overwritten by the next)."""
        order = np.lexsort((self.row[places], self.segment[places]))
        segment, row = self.segment[places][order], self.row[places][order]
        # One small buffer for all: fresh memory costs more than what is written there.
        gathered = np.empty((PIECE, self.segments[0].segment.dim), DTYPE)
        for number, opened in enumerate(self.segments):
            low, high = np.searchsorted(segment, (number, number + 1))
            rows, which = row[low:high], order[low:high]
            blocks = rows // BLOCK
            firsts = np.flatnonzero(np.diff(blocks, prepend=-1))
            for first, end in pairwise([*firsts.tolist(), len(rows)]):
                block = int(blocks[first])
                vectors = opened.block(block)
                for piece in range(first, end, PIECE):
                    some = rows[piece : min(piece + PIECE, end)] - block * BLOCK
                    if some[-1] - some[0] == len(some) - 1:  # all that lie there: they are taken as they are
                        found = vectors[some[0] : some[-1] + 1]
                    else:
                        found = gathered[: len(some)]
                        np.take(vectors, some, axis=0, out=found, mode="clip")
                    yield which[piece : piece + len(some)], found
                opened.let_go(block)


class Sealed:
    """One generation of segments."""

    def __init__(self, place: Place, manifest: Manifest) -> None:
        self.place, self.manifest = place, manifest
        # Opened at once: from here on they can be replaced without this reader noticing.
        self.opened: dict[str, list[OpenSegment]] = {}
        self._catalogues: dict[str, list[Catalogue]] = {}
        for segment in manifest.segments:
            self.opened.setdefault(segment.encoder, []).append(OpenSegment(place, segment))
            self._catalogues.setdefault(segment.encoder, []).append(parquet.read_catalogue(place, segment))
        self._indexes: dict[str, Index] = {}

    def index(self, encoder: str) -> Index | None:
        if encoder not in self.opened:
            return None
        if encoder not in self._indexes:
            self._indexes[encoder] = _index(self._catalogues[encoder], self.opened[encoder])
        return self._indexes[encoder]

    def labels(self, task: str) -> list[NDArray]:
        """What was said for a task, sorted by key, oldest first: key, value, source, labeller, policy, day, confidence,
        withdrawn. Read as one sweep over its file."""
        return parquet.labels_of(self.place, self.manifest.labels, task)

    def catalogues(self, encoder: str) -> list[tuple[OpenSegment, Catalogue]]:
        """Segment by segment, in the order of their rows."""
        return list(zip(self.opened.get(encoder, []), self._catalogues.get(encoder, []), strict=True))


def _index(catalogues: list[Catalogue], opened: list[OpenSegment]) -> Index:
    whole = join(catalogues)
    sizes = [len(part) for part in catalogues]
    segment = np.repeat(np.arange(len(sizes), dtype=np.int16), sizes)
    row = np.concatenate([np.arange(size, dtype=np.int32) for size in sizes])
    order = key_order(whole.keys)
    return Index(whole.take(order), segment[order], row[order], opened)
