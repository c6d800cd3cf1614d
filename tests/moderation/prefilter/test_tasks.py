"""Which processes hold the models."""

import pytest

from brickmod.celery import app
from moderation.prefilter import executor, tasks


@pytest.mark.parametrize(("queues", "loads"), [(["prefilter"], True), (["training"], False)])
def test_only_workers_of_the_prefilter_load_its_models(monkeypatch, queues, loads):
    loaded = []
    monkeypatch.setattr(executor, "load", lambda: loaded.append(True))
    monkeypatch.setattr(tasks.os, "nice", lambda by: 0)
    monkeypatch.setattr(tasks, "_answered", lambda: None)
    known = app.amqp.queues
    before = known._consume_from
    known.select(queues)
    try:
        tasks.load_models()
    finally:
        known._consume_from = before
    assert bool(loaded) is loads
