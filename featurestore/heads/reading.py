"""What a head learns from: a task's labelled features of one encoder, with the part that each belongs to."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from featurestore.heads.models import Alias, HeadVersion, Serving
from featurestore.heads.refusals import CannotTrainHere
from featurestore.labels import views
from featurestore.labels.rules import find
from featurestore.labels.splits import SPLITS, rule_for, split
from featurestore.store import get_store
from featurestore.store.base import Dataset, UnknownEncoder


@dataclass(frozen=True)
class Lessons:
    """`splits` (n,): the part of each row of `dataset`, all from one read, so that nothing is in two of them."""

    dataset: Dataset
    splits: NDArray[np.str_]
    manifest: dict[str, Any]


@dataclass(frozen=True)
class Basis:
    """What a new head of a task begins from: `parent`, the head that it would succeed (None: it is the first), and the
    vectors that it reads."""

    parent: HeadVersion | None
    encoder: str
    view: str


def basis(task: str) -> Basis:
    """The champion's, else the newest version's, else that of which the store has most labelled features.
    Raises CannotTrainHere: there is none of all that, or the task's heads are of a kind that is made elsewhere."""
    if task in settings.HEAD_READERS:
        raise CannotTrainHere(
            f"Heads of the task {task!r} are not trained on the store's vectors alone, but elsewhere."
        )
    champion = Serving.objects.filter(task=task, alias=Alias.CHAMPION).select_related("head").first()
    head = champion.head if champion else HeadVersion.objects.filter(task=task).order_by("id").last()
    if head is not None:
        return Basis(head, head.encoder, head.view)
    store = get_store()
    stats = store.stats()
    known = sorted({name for name, _, _ in stats.labels} | set(HeadVersion.objects.values_list("task", flat=True)))
    if task in known:
        most = max((len(store.evidence(task, encoder, view)), encoder, view) for encoder, view in stats.features)
        if most[0]:
            return Basis(None, most[1], most[2])
    tasks = ", ".join(known) or "none"
    raise CannotTrainHere(f"There is neither a head of the task {task!r} nor a label. Tasks that have some: {tasks}.")


def read(task: str, encoder: str, view: str, label_view: str = "") -> Lessons:
    """Raises CannotTrainHere: the store has nothing of this encoder yet. UnknownView: no such label view."""
    store = get_store()
    try:
        evidence = store.evidence(task, encoder, view)
        dataset = store.dataset(task, encoder, view, label_view=label_view)
    except UnknownEncoder as error:
        raise CannotTrainHere(f"The store has no features of {encoder} yet, which {task} reads.") from error
    # The catalogue has market and day, by which bursts are held together. What came or went between the two reads is
    # in one of them alone, and is left out.
    known = np.isin(dataset.keys, evidence.features.keys)
    if not known.all():
        dataset = _take(dataset, known)
    rows = np.searchsorted(evidence.features.keys, dataset.keys)
    features = evidence.features.take(rows)
    parts = split(features, dataset.x) if len(dataset) else np.zeros(0, "<U10")
    return Lessons(dataset, parts, _manifest(dataset, parts, view))


def counts(task: str, encoder: str, view: str, label_view: str = "") -> dict[str, int]:
    """Labelled features by value, as the label view sees them now; without their vectors."""
    try:
        evidence = get_store().evidence(task, encoder, view)
    except UnknownEncoder:
        return {}
    return dict(sorted(Counter(map(str, views.apply(label_view, evidence, task).value)).items()))


def _take(dataset: Dataset, rows: NDArray[np.bool_]) -> Dataset:
    names = ("keys", "x", "y", "weight", "source", "day", "chance")
    return replace(dataset, **{name: getattr(dataset, name)[rows] for name in names})


def _manifest(dataset: Dataset, parts: NDArray[np.str_], view: str) -> dict[str, Any]:
    """All that says from what a head was made, without anything of a single feature."""
    rule = rule_for(view)
    return {
        "encoder": dataset.encoder,
        "view": view,
        "label_view": find(dataset.label_view).full_name,
        "labels": _count(dataset.y),
        "sources": _count(dataset.source),
        "splits": {name: _count(dataset.y[parts == name]) for name in SPLITS},
        "split_rule": {"radius": rule.radius, "burst_radius": rule.burst_radius, "salt": rule.salt},
        "days": [str(dataset.day.min()), str(dataset.day.max())] if len(dataset) else [],
    }


def _count(values: NDArray[np.str_]) -> dict[str, int]:
    found, n = np.unique(values, return_counts=True)
    return {str(value): int(count) for value, count in zip(found, n, strict=True)}
