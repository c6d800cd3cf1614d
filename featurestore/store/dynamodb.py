"""The store in one DynamoDB table, or in whatever speaks its protocol at DYNAMODB_ENDPOINT.

    pk             sk                  attributes
    <id as hex>    F                   e encoder, v view, m market, d day, x vector (float16)
    <id as hex>    L#<number>          t task, y value, s source, w labeller, p policy, d day, c confidence, g withdrawn
    encoders       <encoder version>   n dim
    sequence       labels              n the last number given to a label: a counter says what was earlier, not when

A feature and its labels are one partition. Two guarantees are weaker than the database's, since writes here join no
transaction: a process that is killed within `put` leaves some of the batch, without labels; and what was written for
a caller whose transaction is then rolled back stays, without labels too.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from featurestore.store.base import (
    DTYPE,
    Batch,
    Catalogue,
    Evidence,
    Keys,
    NewFeature,
    NewLabel,
    Page,
    Stats,
    StoredFeature,
    check_vector,
    ids_of,
    keys_of,
)
from featurestore.store.dataset import Datasets
from featurestore.store.table import Item, Table
from featurestore.store.tables import catalogue_of, evidence_of, find_keys, key_order, pieces, rebatch, unknown, unsaid

FEATURE = "F"
ABOUT = "pk, sk, v, m, d"  # a feature without its vector
MOST_SEGMENTS = 1_000_000  # what the protocol allows
MOST_READ = 16  # segments for a sample


class DynamoStore(Datasets):
    """See FeatureStore, and above."""

    def __init__(self, table: Table) -> None:
        self.table = table

    @classmethod
    def configured(cls) -> "DynamoStore":
        table = Table(settings.DYNAMODB_TABLE, settings.DYNAMODB_ENDPOINT, settings.DYNAMODB_REGION)
        table.create()
        return cls(table)

    def put(self, features: Sequence[NewFeature]) -> list[UUID]:
        rows = [
            StoredFeature(uuid4(), new.encoder, new.view, new.vector, new.market, new.day)  # type: ignore[arg-type]
            for new in features
        ]
        self._insert(rows)
        return [row.id for row in rows]

    def _insert(self, rows: Sequence[StoredFeature]) -> None:
        known = self.encoders()
        dims = dict(known)
        for row in rows:
            check_vector(row.vector, dims.setdefault(row.encoder, row.vector.size))  # type: ignore[arg-type]
        for encoder in dims.keys() - known.keys():
            self.table.add({"pk": "encoders", "sk": encoder, "n": dims[encoder]})
        items = [
            {
                "pk": row.id.hex,
                "sk": FEATURE,
                "e": row.encoder,
                "v": row.view,
                "m": row.market,
                "d": str(row.day),
                "x": row.vector.astype(DTYPE).tobytes(),
            }
            for row in rows
        ]
        try:
            self.table.write(items)
        except BaseException:
            self.table.delete([(row.id.hex, FEATURE) for row in rows])
            raise

    def label(self, labels: Sequence[NewLabel]) -> None:
        wanted = {label.feature for label in labels}
        if missing := wanted - self._there(wanted):
            raise LookupError(f"{len(missing)} features are not in the store, e.g. {min(missing)}")
        last = self.table.count_up({"pk": "sequence", "sk": "labels"}, "n", len(labels))
        items = [_label_item(label, last - len(labels) + 1 + n) for n, label in enumerate(labels)]
        self.table.write(items)
        if gone := wanted - self._there(wanted):  # forgotten meanwhile: what was written since must go too
            self.table.delete([(item["pk"], item["sk"]) for item in items if UUID(item["pk"]) in gone])

    def _there(self, ids: Iterable[UUID]) -> set[UUID]:
        return {UUID(item["pk"]) for item in self.table.get([(id.hex, FEATURE) for id in ids], "pk")}

    def forget(self, features: Iterable[UUID]) -> int:
        ids = set(features)
        # The vector first: without it nothing of the rest is read any more.
        there = self._there(ids)
        self.table.delete([(id.hex, FEATURE) for id in there])
        self.table.delete([(item["pk"], item["sk"]) for item in self.table.query([id.hex for id in ids], "pk, sk")])
        return len(there)

    def get(self, ids: Sequence[UUID]) -> list[StoredFeature]:
        items = self.table.get([(id.hex, FEATURE) for id in dict.fromkeys(ids)])
        there = {feature.id: feature for feature in map(_feature, items)}
        return [there[id] for id in ids if id in there]

    def said(self, ids: Sequence[UUID]) -> list[NewLabel]:
        items = list(self.table.query([id.hex for id in dict.fromkeys(ids)]))
        there = {item["pk"] for item in items if item["sk"] == FEATURE}
        said = [item for item in items if item["sk"] != FEATURE and item["pk"] in there]
        return [_label(item) for item in sorted(said, key=lambda item: item["sk"])]

    def encoders(self) -> dict[str, int]:
        return {item["sk"]: int(item["n"]) for item in self.table.query(["encoders"])}

    def evidence(self, task: str, encoder: str, view: str = "", since: date | None = None) -> Evidence:
        self._known(encoder)
        wanted, values = "sk = :f AND e = :e", {":f": FEATURE, ":e": encoder, ":l": "L#", ":t": task}
        if view:
            wanted, values = wanted + " AND v = :v", values | {":v": view}
        if since:
            wanted, values = wanted + " AND d >= :d", values | {":d": str(since)}
        found = list(
            self.table.scan(f"({wanted}) OR (begins_with(sk, :l) AND t = :t)", values, ABOUT + ", y, s, w, p, c, g")
        )
        about = _catalogue([item for item in found if item["sk"] == FEATURE])
        about = about.take(key_order(about.keys))
        labels = sorted((item for item in found if item["sk"] != FEATURE), key=lambda item: item["sk"])
        place = find_keys(about.keys, keys_of(UUID(item["pk"]) for item in labels))
        labels = [item for item, at in zip(labels, place, strict=True) if at >= 0]
        columns = [[item[name] for item in labels] for name in ("y", "s", "w", "p", "d", "c", "g")]
        columns[3], columns[5] = [int(n) for n in columns[3]], [float(n) for n in columns[5]]
        return evidence_of(about, place[place >= 0], *columns)

    def sweep(self, encoder: str, keys: Keys) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float16]]]:
        self._known(encoder)
        places = {id.hex: n for n, id in enumerate(ids_of(keys))}
        found = self.table.get([(pk, FEATURE) for pk in places], "pk, e, x")
        for items in pieces((item for item in found if item["e"] == encoder), 256):
            yield np.array([places[item["pk"]] for item in items], np.intp), _matrix(items)

    def stream(self, encoder: str, view: str = "", size: int = 4096) -> Iterator[Batch]:
        self._known(encoder)
        wanted, values = "sk = :f AND e = :e", {":f": FEATURE, ":e": encoder}
        if view:
            wanted, values = wanted + " AND v = :v", values | {":v": view}
        items = self.table.scan(wanted, values, ABOUT + ", x")
        return rebatch(((_catalogue(some), _matrix(some)) for some in pieces(items, 256)), size)

    def stats(self) -> Stats:
        features: dict[tuple[str, str], int] = {}
        labels: dict[tuple[str, str, str], int] = {}
        for page in self.walk(projection="pk, sk, e, v, m, d, t, y, s, w, p, c, g"):
            for feature in page.features:
                features[feature.encoder, feature.view] = features.get((feature.encoder, feature.view), 0) + 1
            for label in page.labels:
                said = (label.task, label.value, label.source)
                labels[said] = labels.get(said, 0) + 1
        return Stats(features, labels)

    def walk(self, cursor: str = "", size: int = 500, projection: str = "") -> Iterator[Page]:
        items = self.table.walk(json.loads(cursor) if cursor else None, projection)
        whole = ((pk, list(group)) for pk, group in groupby(items, key=lambda item: item["pk"]))
        with_feature = ((pk, group) for pk, group in whole if any(item["sk"] == FEATURE for item in group))
        for groups in pieces(with_feature, size):
            features = [_feature(item) for _, group in groups for item in group if item["sk"] == FEATURE]
            said = [item for _, group in groups for item in group if item["sk"] != FEATURE]
            last = groups[-1][1][-1]
            yield Page(
                features,
                [_label(item) for item in sorted(said, key=lambda item: item["sk"])],
                json.dumps([last["pk"], last["sk"]]),
            )

    def sample(self, view: str, size: int, rng: np.random.Generator) -> Page:
        features: dict[str, StoredFeature] = {}
        said: list[Item] = []
        # As many segments as make one about as large as what is asked. The server's count may be hours old.
        segments = min(max(self.table.count() // size, 1), MOST_SEGMENTS)
        for number in dict.fromkeys(int(rng.integers(segments)) for _ in range(MOST_READ)):
            for item in self.table.segment(number, segments):
                if item["sk"] == FEATURE:
                    if len(features) == size:
                        break
                    if item["v"] == view:
                        features[item["pk"]] = _feature(item)
                elif item["pk"] in features:  # a feature lies before its labels
                    said.append(item)
            if len(features) == size:
                break
        labels = [_label(item) for item in sorted(said, key=lambda item: item["sk"])]
        return Page(list(features.values()), labels, "")

    def keep(self, page: Page) -> None:
        ids = [feature.id for feature in page.features]
        there = self._there(ids)
        self._insert([feature for feature in page.features if feature.id not in there])
        if new := unsaid(page.labels, self.said(ids)):
            self.label(new)

    def _known(self, encoder: str) -> None:
        if encoder not in (known := self.encoders()):
            raise unknown(encoder, list(known))


def _label_item(label: NewLabel, number: int) -> Item:
    return {
        "pk": label.feature.hex,
        "sk": f"L#{number:016d}",
        "t": label.task,
        "y": label.value,
        "s": label.source,
        "w": label.labeller,
        "p": label.policy,
        "d": str(label.day),
        "c": f"{label.confidence:.9g}",
        "g": label.withdrawn,
    }


def _label(item: Item) -> NewLabel:
    day, confidence = date.fromisoformat(item["d"]), float(item["c"])
    said = (item["t"], item["y"], item["s"], int(item["p"]), day, confidence, item["g"], item["w"])
    return NewLabel(UUID(item["pk"]), *said)


def _feature(item: Mapping[str, Any]) -> StoredFeature:
    vector = np.frombuffer(item.get("x", b""), DTYPE)
    return StoredFeature(UUID(item["pk"]), item["e"], item["v"], vector, item["m"], date.fromisoformat(item["d"]))


def _catalogue(items: Sequence[Item]) -> Catalogue:
    keys = keys_of(UUID(item["pk"]) for item in items)
    return catalogue_of(keys, *([item[name] for item in items] for name in ("v", "m", "d")))


def _matrix(items: Sequence[Item]) -> NDArray[np.float16]:
    return np.frombuffer(b"".join(item["x"] for item in items), DTYPE).reshape(len(items), -1)
