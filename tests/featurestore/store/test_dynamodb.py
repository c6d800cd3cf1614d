"""What DynamoDB does beyond the common: servers that do not take everything, pages that cut a feature in two."""

import numpy as np
import pytest

from featurestore.store import table
from featurestore.store.table import Table, Throttled
from tests.featurestore.store.test_conformance import everything, features, yes


def refuse(client, operation: str, field: str, times: int) -> list[int]:
    """Let the server see only the first three of each batch, `times` often; the rest comes back as unprocessed."""
    held: list = []
    refused: list[int] = []

    def cut(params, **_):
        (name, asked), *_ = params["RequestItems"].items()
        rows = asked if isinstance(asked, list) else asked["Keys"]
        if len(refused) < times and len(rows) > 3:
            held.append((name, {**asked, "Keys": rows[3:]} if isinstance(asked, dict) else rows[3:]))
            refused.append(len(rows) - 3)
            params["RequestItems"] = {name: {**asked, "Keys": rows[:3]} if isinstance(asked, dict) else rows[:3]}

    def hand_back(parsed, **_):
        if held:
            name, rest = held.pop()
            parsed[field] = {name: rest}

    client.meta.events.register(f"provide-client-params.dynamodb.{operation}", cut)
    client.meta.events.register(f"after-call.dynamodb.{operation}", hand_back)
    return refused


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(table, "PARALLEL", 1)
    monkeypatch.setattr(table.time, "sleep", lambda seconds: None)


def test_what_the_server_did_not_take_is_sent_again(dynamo, hurried):
    refused = refuse(dynamo.table.client, "BatchWriteItem", "UnprocessedItems", 4)
    ids = dynamo.put(features(20))
    assert len(refused) == 4
    assert len(dynamo.get(ids)) == 20


def test_what_the_server_did_not_read_is_asked_for_again(dynamo, hurried):
    ids = dynamo.put(features(20))
    refused = refuse(dynamo.table.client, "BatchGetItem", "UnprocessedKeys", 3)
    assert [kept.id for kept in dynamo.get(ids)] == ids
    assert len(refused) == 3


def test_a_put_that_the_server_never_takes_whole_leaves_nothing(dynamo, hurried, monkeypatch):
    monkeypatch.setattr(table, "TRIES", 2)
    real = dynamo.table.client.batch_write_item

    def never_puts(RequestItems):
        (rows,) = RequestItems.values()
        if "PutRequest" in rows[0]:
            real(RequestItems={dynamo.table.name: rows[:2]})
            return {"UnprocessedItems": {dynamo.table.name: rows[2:] or rows}}
        return real(RequestItems=RequestItems)

    monkeypatch.setattr(dynamo.table.client, "batch_write_item", never_puts)
    with pytest.raises(Throttled, match="not taken"):
        dynamo.put(features(9))
    assert everything(dynamo) == ([], [])


def test_a_walk_in_small_pages_keeps_a_feature_and_its_labels_together(dynamo):
    ids = dynamo.put(features(7))
    for value in "abc":
        dynamo.label([yes(id, value=value) for id in ids])
    real = dynamo.table.client.scan
    dynamo.table.client.scan = lambda **how: real(**how, Limit=3)  # pages of three items cut partitions of four
    pages = list(dynamo.walk(size=2))
    assert [len(page.features) for page in pages] == [2, 2, 2, 1]
    assert all(len(page.labels) == 3 * len(page.features) for page in pages)
    rest = [f.id for page in dynamo.walk(pages[0].cursor, 2) for f in page.features]
    assert len(rest) == 5
    assert {f.id for f in pages[0].features}.isdisjoint(rest)


def test_a_stream_that_is_left_early_leaves_no_thread_waiting(dynamo):
    dynamo.put(features(200, dim=64))
    stream = dynamo.stream("e-1", size=10)
    assert len(next(stream).ids) == 10
    stream.close()


def test_more_than_a_request_holds(dynamo):
    ids = dynamo.put(features(130))  # a write takes 25 items, a read 100
    dynamo.label([yes(id) for id in ids])
    data = dynamo.dataset("face", "e-1")
    assert data.ids == sorted(ids)
    assert np.isfinite(data.x).all()
    assert dynamo.forget(ids[:30]) == 30
    assert len(dynamo.dataset("face", "e-1")) == 100


def test_making_the_table_twice_is_fine(dynamo, aws):
    Table(dynamo.table.name, aws).create()
    assert dynamo.encoders() == {}
