"""Compaction: what is new in the database becomes segments, and what was forgotten leaves them.

The database stays the truth; segments are a faster way to read it, and can be thrown away at any time. Nothing waits
for a compaction but another one. It may be killed anywhere:

1. Rows of `Unsealed` are marked, so that whoever forgets one of them from now on leaves a note (`Forgotten`).
2. New segments are written beside the old ones: what is marked, and the rows of small segments and of segments with
   something forgotten in it. They lie in the order of their keys: those are random, so it does not say who came when.
3. The manifest is replaced. Until here a kill changes nothing; the next compaction begins again.
4. The marked rows leave `Unsealed`, and the notes that were read at the beginning are deleted. Until here a feature is
   both in a segment and unsealed, which readers and the next compaction know to be one feature.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from numpy.lib import format as npy
from numpy.typing import NDArray

from featurestore.models import EncoderVersion, Feature, Forgotten, Unsealed
from featurestore.store import parquet
from featurestore.store.base import DTYPE, Catalogue, Keys, ids_of, keys_of
from featurestore.store.checksum import checksum
from featurestore.store.index import OpenSegment, Sealed
from featurestore.store.manifest import BLOCK, Manifest, Segment
from featurestore.store.place import Place
from featurestore.store.sealed_labels import seal_labels
from featurestore.store.tables import catalogue_of, find_keys, join, key_order, pieces

FEW = 500


@dataclass(frozen=True)
class Compaction:
    """What one run did: features newly sealed, forgotten ones that left, and what there is now."""

    sealed: int
    removed: int
    features: int
    labels: int
    segments: int


def compact(place: Place | None = None, rebuild: bool = False) -> Compaction:
    """Seal what is new, drop what was forgotten. `rebuild`: read no segment, write all anew from the database.

    Raises Busy when another one is under way; Damaged when a segment that would be rewritten is (then rebuild).
    """
    place = place or Place.configured()
    with place.alone():
        return _compact(place, rebuild)


def _compact(place: Place, rebuild: bool) -> Compaction:
    before = Manifest() if rebuild else place.manifest()
    gone = keys_of(Forgotten.objects.values_list("id", flat=True).iterator(chunk_size=10_000))
    gone = gone[key_order(gone)]
    _mark(all_of_them=rebuild)
    old = Sealed(place, before)
    segments: list[Segment] = []
    written: list[Path] = []
    sealed = removed = 0
    for version in EncoderVersion.objects.order_by("id"):
        there = keys_of(
            Unsealed.objects.filter(sealing=True, encoder=version)
            .values_list("feature_id", flat=True)
            .iterator(chunk_size=10_000)
        )
        index = old.index(version.version)
        new = there[(index.find(there) < 0) | (find_keys(gone, there) >= 0)] if index else there
        kept, sources = _sources(old, version, new, gone)
        segments += kept
        removed += sum(source.removed for source in sources)
        for segment, paths in _write(place, version, sources, new):
            segments.append(segment)
            written += paths
        sealed += len(new)
    labels, mark, path = seal_labels(place, old, segments, gone)
    manifest = Manifest(mark, segments, labels)
    if rebuild or manifest != before:
        place.publish(manifest, written + path)
    Unsealed.objects.filter(sealing=True).delete()
    for some in pieces(ids_of(gone), FEW):
        Forgotten.objects.filter(id__in=some).delete()
    rows = sum(segment.rows for segment in segments)
    return Compaction(sealed, removed, rows, labels.rows, len(segments))


def _mark(all_of_them: bool) -> None:
    with transaction.atomic():
        if all_of_them:
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO featurestore_unsealed (feature_id, encoder_id, sealing)"
                    " SELECT id, encoder_id, %s FROM featurestore_feature f"
                    " WHERE NOT EXISTS (SELECT 1 FROM featurestore_unsealed u WHERE u.feature_id = f.id)",
                    [True],
                )
        Unsealed.objects.filter(sealing=False).update(sealing=True)


@dataclass(frozen=True)
class _Source:
    """An old segment that is written anew, and the rows of it that stay."""

    opened: OpenSegment
    catalogue: Catalogue
    rows: NDArray[np.intp]

    @property
    def removed(self) -> int:
        return len(self.catalogue) - len(self.rows)


def _sources(old: Sealed, version: EncoderVersion, new: Keys, gone: Keys) -> tuple[list[Segment], list[_Source]]:
    """Segments that stay as they are, and those that are written anew: small ones, and any with something forgotten."""
    kept, sources = [], []
    for opened, catalogue in old.catalogues(version.version):
        stays = find_keys(gone, catalogue.keys) < 0
        small = opened.segment.rows < settings.SEGMENT_ROWS // 2
        if stays.all() and not (small and len(new)):
            kept.append(opened.segment)
        else:
            for block in range(len(opened.segment.checks)):
                opened.block(block)  # or damage would be written on, under a checksum that is right
            sources.append(_Source(opened, catalogue, np.flatnonzero(stays)))
    return kept, sources


def _write(
    place: Place, version: EncoderVersion, sources: list[_Source], new: Keys
) -> Iterator[tuple[Segment, list[Path]]]:
    """Segments of at most SEGMENT_ROWS, with all rows of `sources` and all `new` features, sorted by key."""
    sizes = [len(source.rows) for source in sources]
    starts = np.cumsum([0, *sizes])
    order = key_order(np.concatenate([*(source.catalogue.keys[source.rows] for source in sources), new]))
    for piece in np.array_split(order, max(1, -(-len(order) // settings.SEGMENT_ROWS))):
        if not len(piece):
            continue
        writer = _Writer(place, version, len(piece))
        for some in pieces(piece.tolist(), FEW):
            chosen, found = np.array(some), []
            for number, source in enumerate(sources):
                rows = source.rows[chosen[(chosen >= starts[number]) & (chosen < starts[number + 1])] - starts[number]]
                found.append((source.catalogue.take(rows), source.opened.vectors[rows]))
            found.append(_from_database(version, new[chosen[chosen >= starts[-1]] - starts[-1]]))
            catalogue, vectors = join([part for part, _ in found]), np.concatenate([part for _, part in found])
            by_key = key_order(catalogue.keys)
            writer.add(catalogue.take(by_key), vectors[by_key])
        if writer.rows:
            yield writer.finish()
        else:
            writer.file.close()


def _from_database(version: EncoderVersion, keys: Keys) -> tuple[Catalogue, NDArray[np.float16]]:
    """Those of these features that are still there."""
    rows = Feature.objects.filter(id__in=ids_of(keys)).values_list("id", "view", "market", "day", "vector")
    ids, views, markets, days, vectors = list(zip(*rows, strict=True)) or [()] * 5
    matrix = np.frombuffer(b"".join(vectors), DTYPE).reshape(len(ids), version.dim)
    return catalogue_of(keys_of(ids), views, markets, days), matrix


class _Writer:
    """One segment: vectors are appended as they come, the header last, when their number is certain."""

    def __init__(self, place: Place, version: EncoderVersion, rows: int) -> None:
        self.version = version
        name = uuid.uuid4().hex[:12]
        self.vectors, self.catalogue = place.folder / f"{name}.npy", place.folder / f"{name}.parquet"
        self.parts: list[Catalogue] = []
        self.checks: list[int] = []
        self.rows = self.check = self.in_block = 0
        self.file = self.vectors.open("wb")
        self.header = self._header(rows)
        self.file.write(self.header)

    def _header(self, rows: int) -> bytes:
        out = BytesIO()
        shape = (rows, self.version.dim)
        npy.write_array_header_1_0(out, {"descr": DTYPE.str, "fortran_order": False, "shape": shape})
        return out.getvalue()

    def add(self, catalogue: Catalogue, vectors: NDArray[np.float16]) -> None:
        if not len(catalogue):
            return
        self.parts.append(catalogue)
        vectors = np.ascontiguousarray(vectors)
        self.file.write(vectors.data)
        self.rows += len(vectors)
        while len(vectors):
            room = BLOCK - self.in_block
            self.check = (self.check + checksum(vectors[:room], self.in_block)) % 2**64
            self.in_block += len(vectors[:room])
            vectors = vectors[room:]
            if self.in_block == BLOCK:
                self._end_block()

    def _end_block(self) -> None:
        self.checks.append(self.check)
        self.check = self.in_block = 0

    def finish(self) -> tuple[Segment, list[Path]]:
        if self.in_block:
            self._end_block()
        # Some may have been forgotten since they were counted. The header is padded, so a smaller number fits.
        self.file.seek(0)
        header = self._header(self.rows)
        assert len(header) == len(self.header)
        self.file.write(header)
        self.file.close()
        whole = join(self.parts)
        columns = {"key": whole.keys, "view": whole.view, "market": whole.market, "day": whole.day}
        sha256 = parquet.write(parquet.table(columns, parquet.CATALOGUE), self.catalogue)
        version, files = self.version, [self.vectors, self.catalogue]
        segment = Segment(
            version.version, version.dim, self.rows, self.vectors.name, self.checks, self.catalogue.name, sha256
        )
        return segment, files
