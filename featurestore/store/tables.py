"""Columns of evidence and catalogue, put together and taken apart in the same way by every backend."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from featurestore.store.base import Batch, Catalogue, Evidence, Keys, NewLabel, UnknownEncoder
from featurestore.store.widening import widened

T = TypeVar("T")


def pieces(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size`, the last one shorter; never more than one of them is in memory."""
    rows = iter(rows)
    while piece := list(islice(rows, size)):
        yield piece


def text(values: Any) -> NDArray[np.str_]:
    return np.asarray(values if len(values) else [], np.str_)


def catalogue_of(keys: Keys, view: Any, market: Any, day: Any) -> Catalogue:
    return Catalogue(keys, text(view), text(market), np.asarray(day, "datetime64[D]"))


def evidence_of(
    about: Catalogue,
    place: NDArray[np.int64],
    value: Any,
    source: Any,
    labeller: Any,
    policy: Any,
    day: Any,
    confidence: Any,
    withdrawn: Any,
) -> Evidence:
    """Evidence from columns of the same length, oldest first. `place`: of each label's feature in `about`, whose
    features stand there once each, in any order, with or without labels."""
    said = np.zeros(len(about), np.bool_)
    said[place] = True
    about_said = np.flatnonzero(said)
    by_key = key_order(about.keys[about_said])
    rank = np.empty(len(about), np.int64)
    rank[about_said[by_key]] = np.arange(len(by_key))
    row = rank[place]
    # Stable: labels of one feature stay oldest first. What was sealed is in order already, and is not copied.
    order: Any = slice(None) if (row[1:] >= row[:-1]).all() else np.argsort(row, kind="stable")
    return Evidence(
        about.take(about_said[by_key]),
        row[order],
        text(value)[order],
        text(source)[order],
        text(labeller)[order],
        np.asarray(policy, np.int32)[order],
        np.asarray(day, "datetime64[D]")[order],
        np.asarray(confidence, np.float32)[order],
        np.asarray(withdrawn, np.bool_)[order],
    )


def once(about: Catalogue) -> tuple[Catalogue, NDArray[np.int64]]:
    """A catalogue with repetitions as one without, and the place in it of each of the given."""
    _, first, place = np.unique(about.keys, return_index=True, return_inverse=True)
    return about.take(first), place.astype(np.int64)


def join(parts: Sequence[Catalogue]) -> Catalogue:
    return Catalogue(*(np.concatenate(column) for column in zip(*(part.columns for part in parts), strict=True)))


def rebatch(parts: Iterable[tuple[Catalogue, NDArray[np.float16]]], size: int) -> Iterator[Batch]:
    """Batches of `size`, the last one smaller, from pieces of any size (none of it twice in memory)."""
    held: list[tuple[Catalogue, NDArray[np.float32]]] = []
    count = 0
    for catalogue, vectors in parts:
        while len(catalogue):
            taken = min(size - count, len(catalogue))
            held.append((catalogue.take(slice(taken)), widened(vectors[:taken])))
            catalogue, vectors = catalogue.take(slice(taken, None)), vectors[taken:]
            count += taken
            if count == size:
                yield _batch(held)
                held, count = [], 0
    if held:
        yield _batch(held)


def _batch(held: list[tuple[Catalogue, NDArray[np.float32]]]) -> Batch:
    if len(held) == 1:
        return Batch(*held[0])
    return Batch(join([catalogue for catalogue, _ in held]), np.concatenate([vectors for _, vectors in held]))


def halves(keys: Keys) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """16 bytes as two numbers that compare as the bytes do; numbers are sorted and found many times faster."""
    both = np.ascontiguousarray(keys).view(">u8").reshape(-1, 2).astype(np.uint64)
    return both[:, 0], both[:, 1]


def key_order(keys: Keys) -> NDArray[np.intp]:
    """The order that sorts keys."""
    high, low = halves(keys)
    if (high[1:] > high[:-1]).all():
        return np.arange(len(keys))
    order = np.argsort(high)
    return order if (np.diff(high[order]) > 0).all() else np.lexsort((low, high))


def find_keys(among: Keys, keys: Keys) -> NDArray[np.int64]:
    """The place of each of `keys` in sorted `among`, -1 where it is not there."""
    place = np.full(len(keys), -1, np.int64)
    if len(among) and len(keys):
        high, low = halves(among)
        wanted_high, wanted_low = halves(keys)
        at = np.minimum(np.searchsorted(high, wanted_high), len(among) - 1)
        # Random keys share their first half once in a lifetime; then the whole is searched.
        if (high[1:] == high[:-1]).any():
            at = np.minimum(np.searchsorted(among, keys), len(among) - 1)
        found = (high[at] == wanted_high) & (low[at] == wanted_low)
        place[found] = at[found]
    return place


def label_key(label: NewLabel) -> tuple[object, ...]:
    """Two labels with the same key say the same. Confidence is compared as float32, which every backend keeps."""
    return (
        label.feature,
        label.task,
        label.value,
        label.source,
        label.policy,
        label.day,
        float(np.float32(label.confidence)),
        label.withdrawn,
        label.labeller,
    )


def unsaid(labels: Sequence[NewLabel], known: Sequence[NewLabel]) -> list[NewLabel]:
    """Those of `labels` that are not among `known`. As multisets: what was said twice is evidence twice."""
    left = Counter(map(label_key, known))
    new = []
    for label in labels:
        if left[label_key(label)] > 0:
            left[label_key(label)] -= 1
        else:
            new.append(label)
    return new


def unknown(encoder: str, there: Sequence[str]) -> UnknownEncoder:
    return UnknownEncoder(f"no features of encoder {encoder!r}; there are: {', '.join(sorted(there)) or 'none'}")
