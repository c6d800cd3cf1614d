"""From one backend to another: resumable, and counted by reading both again."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from featurestore.store.base import FeatureStore, NewLabel, StoredFeature
from featurestore.store.tables import label_key

PAGE = 500


@dataclass(frozen=True)
class Moved:
    """Features and labels that were taken over in this run."""

    features: int
    labels: int


@dataclass(frozen=True)
class Compared:
    """What a second reading of both found. `missing`, `different`: of the source's features, or of what was said of
    them. `strangers`: features that only the target has, e.g. because they were forgotten since."""

    features: int
    labels: int
    missing: int
    different: int
    strangers: int

    @property
    def same(self) -> bool:
        return not (self.missing or self.different or self.strangers)


class Progress:
    """The cursor of a move, in a small file, so that a move that was cut off goes on where it was."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def cursor(self) -> str:
        try:
            return json.loads(self.file.read_text())["cursor"]
        except (FileNotFoundError, ValueError, KeyError):
            return ""  # from the start: what is there already is not written twice

    def save(self, cursor: str) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.file.with_suffix(".part")
        unfinished.write_text(json.dumps({"cursor": cursor}))
        unfinished.replace(self.file)

    def forget(self) -> None:
        self.file.unlink(missing_ok=True)


def move(
    source: FeatureStore, target: FeatureStore, progress: Progress, say: Callable[[Moved], None] = lambda _: None
) -> Moved:
    """Take over everything from where `progress` stands. The source keeps what it has."""
    moved = Moved(0, 0)
    for page in source.walk(progress.cursor(), PAGE):
        target.keep(page)
        # After the page, not before: a page that is taken over twice is there once.
        progress.save(page.cursor)
        moved = Moved(moved.features + len(page.features), moved.labels + len(page.labels))
        say(moved)
    return moved


def compare(source: FeatureStore, target: FeatureStore, remove_strangers: bool = False) -> Compared:
    """Read both whole, page by page, and compare every vector, every field, every label."""
    features = labels = missing = different = strangers = 0
    for page in source.walk("", PAGE):
        features += len(page.features)
        labels += len(page.labels)
        ids = [feature.id for feature in page.features]
        there = {feature.id: feature for feature in target.get(ids)}
        missing += len(ids) - len(there)
        said = _by_feature(target.said(ids))
        expected = _by_feature(page.labels)
        for feature in page.features:
            other = there.get(feature.id)
            if other and (_content(feature) != _content(other) or expected[feature.id] != said[feature.id]):
                different += 1
    for page in target.walk("", PAGE):
        ids = [feature.id for feature in page.features]
        gone = set(ids) - {feature.id for feature in source.get(ids)}
        strangers += len(gone)
        if remove_strangers:
            target.forget(gone)
    return Compared(features, labels, missing, different, 0 if remove_strangers else strangers)


def _content(feature: StoredFeature) -> tuple[object, ...]:
    return feature.encoder, feature.view, feature.market, feature.day, feature.vector.tobytes()


def _by_feature(labels: Sequence[NewLabel]) -> defaultdict[UUID, list[tuple[object, ...]]]:
    """What was said of each, in the order in which it was said."""
    said: defaultdict[UUID, list[tuple[object, ...]]] = defaultdict(list)
    for label in labels:
        said[label.feature].append(label_key(label))
    return said
