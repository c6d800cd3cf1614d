"""The feature store for a notebook or a script.

    from featurestore.client import FeatureStore

    store = FeatureStore()
    faces = store.dataset("face", split="train")
    faces.x, faces.y, faces.weight      # arrays
    faces.frame(), faces.torch()        # pandas, torch

Sets Django up by itself, with the settings of the project that this file lies in; DATABASE_URL, BRICKMOD_VAR and
FEATURESTORE point it elsewhere.
"""

import os
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from featurestore.data import Data
from featurestore.encoders.base import plain

if TYPE_CHECKING:
    from featurestore.store.base import Stats

__all__ = ["Data", "FeatureStore", "MixedEncoders", "NothingThere"]


class MixedEncoders(ValueError):
    """Features of several encoder versions would have to be mixed; the message names them and says what to do."""


class NothingThere(LookupError):
    """The task has no labels; the message says which tasks have."""


def set_up() -> None:
    """Make Django ready, in a notebook's running event loop too. Twice is fine."""
    import django
    from django.apps import apps

    if not apps.ready:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brickmod.settings")
        # Jupyter's cells run inside an event loop, where Django refuses the database. Nobody else is on this loop.
        os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        django.setup()


class FeatureStore:
    """Reads; whoever wants to write uses featurestore.store.get_store()."""

    def __init__(self) -> None:
        set_up()
        from featurestore.store import get_store

        self.backend = get_store()

    def dataset(
        self,
        task: str,
        encoder: str = "",
        view: str = "",
        since: date | str | None = None,
        *,
        split: str = "",
        label_view: str = "",
        bridged: Sequence[str] | bool = False,
    ) -> Data:
        """Labelled features of a task as arrays. `encoder` "" is the only version that the task has labels for.

        `bridged`: carry features of older encoders over, of these versions or of all (True). Raises MixedEncoders,
        NothingThere, and what the store raises: UnknownEncoder, UnknownView, UnknownSplit, NoBridge.
        """
        from featurestore.bridge.dataset import bridged_dataset

        since = date.fromisoformat(since) if isinstance(since, str) else since
        encoder = encoder or self._only_encoder(task, view)
        if bridged:
            old = (
                [version for version in self.encoders(task, view) if version != encoder] if bridged is True else bridged
            )
            carried = bridged_dataset(self.backend, task, encoder, old, view, since, split=split, label_view=label_view)
            return Data(carried)
        return Data(self.backend.dataset(task, encoder, view, since, split=split, label_view=label_view))

    def encoders(self, task: str, view: str = "") -> dict[str, int]:
        """Encoder version -> labelled features of a task (of a view), most first."""
        versions = {version for version, of in self.stats().features if view in ("", of)}
        counts = {version: len(self.backend.evidence(task, version, view).features) for version in versions}
        return dict(sorted(((v, n) for v, n in counts.items() if n), key=lambda pair: (-pair[1], pair[0])))

    def stats(self) -> "Stats":
        """Counts of features by (encoder, view) and of labels by (task, value, source)."""
        return self.backend.stats()

    def label_views(self) -> dict[str, str]:
        """Name with version -> what the rule says."""
        from featurestore.labels.rules import VIEWS

        return {view.full_name: view.says for view in VIEWS}

    def splits(self, view: str = "") -> dict[str, float]:
        """Name -> share of the groups that it gets."""
        from featurestore.labels.splits import SPLITS, rule_for

        return {name: getattr(rule_for(view), name) for name in SPLITS}

    def _only_encoder(self, task: str, view: str) -> str:
        there = self.encoders(task, view)
        if len(there) == 1:
            return next(iter(there))
        if len({plain(version) for version in there}) == 1 and (version := plain(next(iter(there)))) in there:
            return version  # the others are the same vectors with something added for a head
        what = f"{task!r} of view {view!r}" if view else repr(task)
        if not there:
            tasks = ", ".join(sorted({known for known, *_ in self.stats().labels})) or "none"
            raise NothingThere(f"no labels for {what}; tasks that have some: {tasks}")
        found = ", ".join(f"{version} ({count} features)" for version, count in there.items())
        raise MixedEncoders(
            f"{what} has features of {len(there)} encoder versions, which are never mixed: {found}. Name one with "
            "encoder=; bridged=True carries the others over to it."
        )
