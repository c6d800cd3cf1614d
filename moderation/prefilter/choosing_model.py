"""Which head `evaluate --model` means: one of the registry, or, where there is none, what the detector came with."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from featurestore.encoders.base import ModelMissing
from featurestore.heads.models import Alias, HeadVersion
from featurestore.heads.serving import Served, load, serving
from moderation.detectors.base import Detector, Finding, HeadDetector, look_with


class WithHead:
    """A loaded detector that answers with this head."""

    def __init__(self, detector: HeadDetector, served: Served) -> None:
        self.card = replace(detector.card, version=served.version)
        self._detector, self._served = detector, served

    def load(self) -> None:
        """It is."""

    def look_many(self, parts: Sequence[Any]) -> list[Finding]:
        return look_with(self._detector, parts, self._served.head, self._served.threshold)


class NoSuchModel(Exception):
    """Says in one sentence what was asked for and what there is."""


def choose(detector: Detector, model: str) -> tuple[Detector, str]:
    """The detector with the model that is meant, and its alias ("": it serves under none). `detector` is
    loaded. `model`: an alias or a version. Without a database there is the shipped head. Raises NoSuchModel.
    """
    card = detector.card
    if not isinstance(detector, HeadDetector):
        if model in {Alias.CHAMPION, card.version}:
            return detector, str(Alias.CHAMPION)
        raise NoSuchModel(f"There is no {model!r} model of {card.task!r}; there is: champion, version {card.version}.")
    known = _known(card.task)
    shipped = detector.head()
    if not any(one.alias == Alias.CHAMPION for one in known):
        version, threshold = shipped.sheet.version, shipped.sheet.threshold
        known.append(Served(0, card.task, version, Alias.CHAMPION, shipped, threshold))
    for one in known:
        if model in {one.alias, one.version}:
            sheet = one.head.sheet
            if (sheet.encoder, sheet.dim) != (detector.reads(), shipped.sheet.dim):
                raise NoSuchModel(f"Version {one.version} of {card.task!r} reads {sheet.encoder}, which is not here.")
            return WithHead(detector, one), one.alias
    there = ", ".join(f"{one.alias + ', ' if one.alias else ''}version {one.version}" for one in known)
    raise NoSuchModel(f"There is no {model!r} model of {card.task!r}; there is: {there}.")


def _known(task: str) -> list[Served]:
    """Those that serve, then all other versions whose files can be used."""
    try:
        found = list(serving(task).get(task, ()))
        rows = list(HeadVersion.objects.filter(task=task).exclude(id__in=[one.id for one in found]).order_by("-id"))
    except (DatabaseError, ImproperlyConfigured):  # none there, or not migrated
        return []
    for row in rows:
        try:
            head = load(row)
        except (ModelMissing, TypeError):
            continue
        found.append(Served(row.id, task, row.version, "", head, head.sheet.threshold))
    return found
