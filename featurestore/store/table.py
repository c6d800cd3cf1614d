"""One DynamoDB table by boto3: many items at once, in parallel, again where the server could not take them all."""

import random
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Queue
from typing import Any

import boto3
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from botocore.config import Config

from featurestore.store.tables import pieces

Item = dict[str, Any]
PARALLEL = 8  # requests at once, and segments of a scan
WRITE, READ = 25, 100  # what the protocol allows in one request
TRIES = 10


class Throttled(RuntimeError):
    """The server did not take everything, however often and patiently it was asked."""


class Table:
    """Items have a "pk" and a "sk" of text; numbers go in as int or str and come out as Decimal."""

    def __init__(self, name: str, endpoint: str = "", region: str = "eu-central-1") -> None:
        self.name = name
        retries: Any = {"mode": "adaptive", "total_max_attempts": 8}
        self.client = boto3.client(
            "dynamodb",
            endpoint_url=endpoint or None,
            region_name=region,
            config=Config(retries=retries, max_pool_connections=2 * PARALLEL, connect_timeout=5, read_timeout=30),
        )
        self._pack, self._unpack = TypeSerializer().serialize, TypeDeserializer().deserialize

    def create(self) -> None:
        """Make the table if it is not there."""
        try:
            self.client.describe_table(TableName=self.name)
        except self.client.exceptions.ResourceNotFoundException:
            names = ("pk", "HASH"), ("sk", "RANGE")
            self.client.create_table(
                TableName=self.name,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in names],
                KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in names],
            )
            self.client.get_waiter("table_exists").wait(TableName=self.name, WaiterConfig={"Delay": 1})

    def add(self, item: Item) -> None:
        """Write one item, unless it is there."""
        with suppress(self.client.exceptions.ConditionalCheckFailedException):
            self.client.put_item(
                TableName=self.name, Item=self._packed(item), ConditionExpression="attribute_not_exists(pk)"
            )

    def count_up(self, key: Item, name: str, by: int) -> int:
        """Add to a number in one step; returns what it is then."""
        answer = self.client.update_item(
            TableName=self.name,
            Key=self._packed(key),
            UpdateExpression="ADD #n :by",
            ExpressionAttributeNames={"#n": name},
            ExpressionAttributeValues={":by": {"N": str(by)}},
            ReturnValues="UPDATED_NEW",
        )
        return int(answer["Attributes"][name]["N"])

    def write(self, items: Sequence[Item]) -> None:
        self._send([{"PutRequest": {"Item": self._packed(item)}} for item in items])

    def delete(self, keys: Sequence[tuple[str, str]]) -> None:
        self._send([{"DeleteRequest": {"Key": self._key(key)}} for key in keys])

    def _send(self, requests: Sequence[Any]) -> None:
        for _ in self._parallel(self._send_some, pieces(requests, WRITE)):
            pass

    def _send_some(self, requests: list[Any]) -> list[Any]:
        for pause in _patience():
            answer = self.client.batch_write_item(RequestItems={self.name: requests})
            requests = answer["UnprocessedItems"].get(self.name, [])
            if not requests:
                return []
            time.sleep(pause)
        raise Throttled(f"{len(requests)} writes to {self.name} were not taken after {TRIES} tries")

    def get(self, keys: Iterable[tuple[str, str]], projection: str = "") -> Iterator[Item]:
        """Those of these items that are there, in any order."""
        how = {"ProjectionExpression": projection} if projection else {}
        asked = ([self._key(key) for key in some] for some in pieces(keys, READ))
        for items in self._parallel(lambda some: self._get_some(some, how), asked):
            yield from items

    def _get_some(self, keys: list[Any], how: Item) -> list[Item]:
        found: list[Item] = []
        for pause in _patience():
            request = {self.name: {"Keys": keys, "ConsistentRead": True, **how}}
            answer = self.client.batch_get_item(RequestItems=request)
            found += map(self._unpacked, answer["Responses"].get(self.name, []))
            keys = answer["UnprocessedKeys"].get(self.name, {}).get("Keys", [])
            if not keys:
                return found
            time.sleep(pause)
        raise Throttled(f"{len(keys)} items of {self.name} were not read after {TRIES} tries")

    def query(self, pks: Iterable[str], projection: str = "") -> Iterator[Item]:
        """All items of these partitions, one partition after the other."""
        how = {"ProjectionExpression": projection} if projection else {}

        def of(pk: str) -> list[Item]:
            pages = self.client.get_paginator("query").paginate(
                TableName=self.name,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": pk}},
                ConsistentRead=True,
                **how,
            )
            return [self._unpacked(item) for page in pages for item in page["Items"]]

        for items in self._parallel(of, pks):
            yield from items

    def scan(self, wanted: str, values: Item, projection: str) -> Iterator[Item]:
        """Items for which the filter `wanted` holds: PARALLEL segments at once, in the order in which pages come."""
        pages: Queue[Any] = Queue(maxsize=2 * PARALLEL)  # who reads slowly slows the scan down
        stop = threading.Event()

        def segment(number: int) -> None:
            try:
                for page in self.client.get_paginator("scan").paginate(
                    TableName=self.name,
                    Segment=number,
                    TotalSegments=PARALLEL,
                    FilterExpression=wanted,
                    ExpressionAttributeValues=self._packed(values),
                    ProjectionExpression=projection,
                    ConsistentRead=True,
                ):
                    if stop.is_set():
                        return
                    pages.put(page["Items"])
                pages.put(None)
            except Exception as error:
                pages.put(error)

        with ThreadPoolExecutor(PARALLEL) as pool:
            for number in range(PARALLEL):
                pool.submit(segment, number)
            try:
                running = PARALLEL
                while running:
                    page = pages.get()
                    if isinstance(page, Exception):
                        raise page
                    if page is None:
                        running -= 1
                    else:
                        yield from map(self._unpacked, page)
            finally:
                stop.set()
                while not pages.empty():  # or a segment would wait for room for ever
                    pages.get_nowait()

    def count(self) -> int:
        """About how many items there are, as the server counted them some hours ago."""
        return int(self.client.describe_table(TableName=self.name)["Table"]["ItemCount"])

    def segment(self, number: int, total: int) -> Iterator[Item]:
        """One of `total` parts of the table, cut by the hash of the partition; each partition whole and in order."""
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.name, Segment=number, TotalSegments=total, ConsistentRead=True
        )
        for page in pages:
            yield from map(self._unpacked, page["Items"])

    def walk(self, after: Sequence[str] | None, projection: str = "") -> Iterator[Item]:
        """All items in an order that stays, from behind a key on; the items of a partition are together."""
        how: Item = {"ProjectionExpression": projection} if projection else {}
        if after:
            how["ExclusiveStartKey"] = self._key((after[0], after[1]))
        while True:
            page = self.client.scan(TableName=self.name, ConsistentRead=True, **how)
            yield from map(self._unpacked, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            how["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def _parallel(self, work: Any, pieces_: Iterable[Any]) -> Iterator[list[Item]]:
        """`work` on each, PARALLEL at once and in order; no more is asked for than is being worked on."""
        with ThreadPoolExecutor(PARALLEL) as pool:
            for some in pieces(pieces_, 2 * PARALLEL):
                yield from pool.map(work, some)

    def _key(self, key: tuple[str, str]) -> Item:
        return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}

    def _packed(self, item: Item) -> Item:
        return {name: self._pack(value) for name, value in item.items()}

    def _unpacked(self, item: Item) -> Item:
        made = {name: self._unpack(value) for name, value in item.items()}
        return {name: bytes(value) if isinstance(value, Binary) else value for name, value in made.items()}


def _patience() -> Iterator[float]:
    """Pauses between tries: longer each time, and never the same for two that were refused together."""
    return (random.uniform(0.5, 1) * min(0.05 * 2**n, 5) for n in range(TRIES))  # noqa: S311
