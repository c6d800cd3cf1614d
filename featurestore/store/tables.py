"""Columns of evidence and catalogue, put together and taken apart in the same way by every backend."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from featurestore.store.base import Catalogue, Evidence, Keys, NewLabel, UnknownEncoder

T = TypeVar("T")


def pieces(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of `size`, the last one shorter; never more than one of them is in memory."""
    rows = iter(rows)
    while piece := list(islice(rows, size)):
        yield piece


def text(values: Any) -> NDArray[np.str_]:
    return np.array(values if len(values) else [], np.str_)


def catalogue_of(keys: Keys, view: Any, market: Any, day: Any) -> Catalogue:
    return Catalogue(keys, text(view), text(market), np.array(day, "datetime64[D]"))


def evidence_of(
    about: Catalogue,
    value: Any,
    source: Any,
    labeller: Any,
    policy: Any,
    day: Any,
    confidence: Any,
    withdrawn: Any,
) -> Evidence:
    """Evidence from columns of the same length, oldest first. `about`: the feature of each label, repeated."""
    _, first, row = np.unique(about.keys, return_index=True, return_inverse=True)
    # Stable: labels of one feature stay oldest first.
    order = np.argsort(row, kind="stable")
    return Evidence(
        about.take(first),
        row[order].astype(np.int64),
        text(value)[order],
        text(source)[order],
        text(labeller)[order],
        np.array(policy, np.int32)[order],
        np.array(day, "datetime64[D]")[order],
        np.array(confidence, np.float32)[order],
        np.array(withdrawn, np.bool_)[order],
    )


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


def unknown(encoder: str, there: Sequence[str]) -> UnknownEncoder:
    return UnknownEncoder(f"no features of encoder {encoder!r}; there are: {', '.join(sorted(there)) or 'none'}")
