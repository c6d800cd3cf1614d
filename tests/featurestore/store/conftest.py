"""Every backend, each empty."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from featurestore.store.base import FeatureStore, NewFeature, NewLabel
from featurestore.store.database import DatabaseStore
from featurestore.store.dynamodb import DynamoStore
from featurestore.store.place import Place
from featurestore.store.sealing import compact
from featurestore.store.segments import SegmentStore
from featurestore.store.table import Table


class Sealing(SegmentStore):
    """Segments that are compacted after each write, so that every read comes from them alone."""

    def put(self, features: Sequence[NewFeature]) -> list[UUID]:
        ids = super().put(features)
        compact(self.place)
        return ids

    def label(self, labels: Sequence[NewLabel]) -> None:
        super().label(labels)
        compact(self.place)

    def forget(self, features: Iterable[UUID]) -> int:
        count = super().forget(features)
        compact(self.place)
        return count


class HalfSealed(SegmentStore):
    """Segments that are compacted after every other write: a read comes from them and from the database."""

    writes = 0

    def put(self, features: Sequence[NewFeature]) -> list[UUID]:
        ids = super().put(features)
        self._wrote()
        return ids

    def label(self, labels: Sequence[NewLabel]) -> None:
        super().label(labels)
        self._wrote()

    def _wrote(self) -> None:
        self.writes += 1
        if self.writes % 2:
            compact(self.place)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Compactions happen where a test says so; what was asked for is noted here."""
    asked: list[None] = []
    monkeypatch.setattr("featurestore.store.segments.wake_compaction", lambda: asked.append(None))
    return asked


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(str(tmp_path / "segments"), tmp_path / "cache")


STORES: dict[str, Callable[[Place], FeatureStore]] = {
    "database": lambda place: DatabaseStore(),
    "segments, none sealed": SegmentStore,
    "segments, half sealed": HalfSealed,
    "segments, all sealed": Sealing,
}


@pytest.fixture
def dynamo(aws: str) -> DynamoStore:
    table = Table(f"features-{uuid4().hex}", aws)
    table.create()
    return DynamoStore(table)


@pytest.fixture(params=[*STORES, "dynamodb"])
def store(request: pytest.FixtureRequest, place: Place) -> FeatureStore:
    """What every backend must keep. A further backend is one more name in STORES."""
    if request.param == "dynamodb":
        return request.getfixturevalue("dynamo")
    return STORES[request.param](place)
