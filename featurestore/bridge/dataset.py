"""Data sets that reach across encoder versions: only when asked for, and each carried row is marked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from featurestore.bridge.files import load
from featurestore.labels import splits
from featurestore.store.base import Dataset, FeatureStore, UnknownEncoder


def bridged_dataset(
    store: FeatureStore,
    task: str,
    encoder: str,
    old: Sequence[str],
    view: str = "",
    since: date | None = None,
    *,
    split: str = "",
    label_view: str = "",
    bridges: Path | None = None,
) -> Dataset:
    """The data set of `encoder`, and those of the `old` versions carried over to it, with `bridged` (n,) saying which.

    With a split, carried rows are for training alone: an exam asks what the new encoder reads. Those of days on which
    the new one ran too are then left out, since the same picture may be among the exam's, and nothing says so: a
    carried vector is not near enough to its twin to be found. Raises NoBridge before anything is read.
    """
    carriers = [load(version, encoder, bridges) for version in old if version != encoder]
    known = store.encoders()
    if unknown := [version for version in (encoder, *old) if version not in known]:
        raise UnknownEncoder(f"no features of {', '.join(unknown)}; there are: {', '.join(known) or 'none'}")
    parts = [store.dataset(task, encoder, view, since, split=split, label_view=label_view)]
    if split in ("", splits.TRAIN):
        days = store.evidence(task, encoder, view).features.day if split else np.zeros(0, "datetime64[D]")
        for bridge in carriers:
            part = store.dataset(task, bridge.old, view, since, label_view=label_view)
            keep = part.day < days.min() if len(days) else np.ones(len(part), np.bool_)
            parts.append(_rows(replace(part, encoder=encoder, split=split, x=bridge.carry(part.x)), keep))
    return _together(parts)


def _together(parts: Sequence[Dataset]) -> Dataset:
    keys = np.concatenate([part.keys for part in parts])
    values = tuple(sorted({value for part in parts for value in part.values}))
    chance = np.zeros((len(keys), len(values)), np.float32)
    start = 0
    for part in parts:
        chance[start : start + len(part), [values.index(value) for value in part.values]] = part.chance
        start += len(part)
    whole = replace(
        parts[0],
        keys=keys,
        x=np.concatenate([part.x for part in parts]),
        y=np.concatenate([part.y for part in parts]),
        weight=np.concatenate([part.weight for part in parts]),
        source=np.concatenate([part.source for part in parts]),
        day=np.concatenate([part.day for part in parts]),
        values=values,
        chance=chance,
        bridged=np.repeat([n > 0 for n in range(len(parts))], [len(part) for part in parts]),
    )
    return _rows(whole, np.argsort(keys, kind="stable"))


def _rows(data: Dataset, rows: np.ndarray) -> Dataset:
    return replace(
        data,
        keys=data.keys[rows],
        x=data.x[rows],
        y=data.y[rows],
        weight=data.weight[rows],
        source=data.source[rows],
        day=data.day[rows],
        chance=data.chance[rows],
        bridged=None if data.bridged is None else data.bridged[rows],
    )
