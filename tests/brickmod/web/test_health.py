"""Alive, ready, and measured."""

import os
import socket
import subprocess
import sys
import threading
import time

import pytest
from django.db import DatabaseError
from prometheus_client.parser import text_string_to_metric_families

from brickmod.web import health, metrics
from brickmod.web.broker import WORKER_KEY, note_worker, redis_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def fresh_broker(settings):
    """use(url): `redis_client` talks to that address, and to the old one after the test."""

    def use(url: str) -> None:
        settings.BROKER_URL = url
        redis_client.cache_clear()

    yield use
    redis_client.cache_clear()


@pytest.fixture
def silent_port():
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = []
        threading.Thread(target=lambda: taken.append(server.accept()), daemon=True).start()
        yield server.getsockname()[1]


def test_healthz_asks_nobody(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer.headers["Cache-Control"]


def test_ready_when_everything_is_there(client, broker):
    note_worker()
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.json()
    assert answer.json() == {"status": "ready", **{part: {"ok": True} for part in ("database", "broker", "worker")}}


def test_not_ready_while_no_worker_has_answered(client, broker):
    told = client.get("/readyz")
    assert told.status_code == 503
    assert told.json()["broker"] == {"ok": True}
    assert "No worker" in told.json()["worker"]["why"]
    broker.set(WORKER_KEY, f"{time.time() - 31:.3f}")
    assert "for 31 s" in client.get("/readyz").json()["worker"]["why"]
    broker.set(WORKER_KEY, "nonsense")
    assert client.get("/readyz").status_code == 503


def test_not_ready_without_a_broker(client, fresh_broker):
    fresh_broker("redis://127.0.0.1:1/0")
    began = time.monotonic()
    told = client.get("/readyz")
    assert told.status_code == 503
    assert "cannot be reached" in told.json()["broker"]["why"]
    assert told.json()["database"] == {"ok": True}
    assert time.monotonic() - began < 1


def test_a_broker_that_hangs_does_not_hang_us(client, fresh_broker, silent_port):
    fresh_broker(f"redis://127.0.0.1:{silent_port}/0")
    began = time.monotonic()
    told = client.get("/readyz")
    assert told.status_code == 503
    assert not told.json()["broker"]["ok"]
    assert time.monotonic() - began < 2.3


def test_a_check_that_hangs_is_left_behind(client, monkeypatch, broker):
    note_worker()
    monkeypatch.setattr(health, "_database", lambda: time.sleep(5) or "")
    began = time.monotonic()
    told = client.get("/readyz")
    assert told.status_code == 503
    assert "No answer within" in told.json()["database"]["why"]
    assert time.monotonic() - began < 2.3


def test_a_check_that_breaks_is_not_ready(client, monkeypatch, broker):
    note_worker()

    class Broken:
        def cursor(self):
            raise DatabaseError("password=hunter2")

        def close(self):
            pass

    monkeypatch.setattr(health, "connection", Broken())
    told = client.get("/readyz")
    assert told.status_code == 503
    assert "hunter2" not in told.content.decode()


def families(answer) -> dict:
    assert answer.status_code == 200
    return {family.name: family for family in text_string_to_metric_families(answer.content.decode())}


def test_metrics_tell_what_was_counted(client):
    metrics.FINDINGS.labels("face", "reject").inc()
    metrics.PREFILTER_SECONDS.labels("encode").observe(0.2)
    told = families(client.get("/metrics"))
    assert told["brickmod_findings"].samples[0].labels == {"detector": "face", "verdict": "reject"}
    assert "brickmod_prefilter_seconds" in told
    assert told["brickmod_scrape_failures"].samples[0].value == 0


def test_a_rooms_gauges_are_read_at_the_scrape(client, monkeypatch):
    monkeypatch.setattr(metrics, "_readers", {})
    metrics.at_scrape("test", lambda: [metrics.Gauge("brickmod_test_waiting", "Waiting.", 7)])
    assert families(client.get("/metrics"))["brickmod_test_waiting"].samples[0].value == 7


def test_a_room_that_fails_does_not_take_the_others_along(client, monkeypatch):
    monkeypatch.setattr(metrics, "_readers", {})
    metrics.at_scrape("bad", lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    metrics.at_scrape("good", lambda: [metrics.Gauge("brickmod_test_good", "Good.", 1)])
    told = families(client.get("/metrics"))
    assert told["brickmod_test_good"].samples[0].value == 1
    assert told["brickmod_scrape_failures"].samples[0].value == 1


COUNT = "from brickmod.web import metrics; metrics.SUBMISSIONS.labels('queued').inc({n})"
READ = "from brickmod.web import metrics; print(metrics.exposition().decode())"


def test_what_several_processes_count_is_added_up(tmp_path):
    def python(code: str) -> str:
        env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
        return subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True).stdout

    python(COUNT.format(n=3))
    python(COUNT.format(n=4))
    assert 'brickmod_submissions_total{status="queued"} 7.0' in python(READ)


@pytest.mark.parametrize(
    ("token", "headers", "status"),
    [
        ("", {}, 200),
        ("", {"REMOTE_ADDR": "10.0.0.7"}, 401),
        ("", {"HTTP_X_FORWARDED_FOR": "10.0.0.7"}, 401),
        ("", {"REMOTE_ADDR": "10.0.0.7", "HTTP_AUTHORIZATION": "Bearer "}, 401),
        ("s3cret", {"REMOTE_ADDR": "10.0.0.7", "HTTP_AUTHORIZATION": "Bearer wrong"}, 401),
        ("s3cret", {"REMOTE_ADDR": "10.0.0.7", "HTTP_AUTHORIZATION": "Bearer s3cret"}, 200),
        ("s3cret", {"HTTP_X_FORWARDED_FOR": "10.0.0.7", "HTTP_AUTHORIZATION": "Bearer s3cret"}, 200),
    ],
)
def test_metrics_are_for_this_machine_or_the_token(client, settings, token, headers, status):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", **headers).status_code == status


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_they_are_only_read(client, address):
    assert client.post(address).status_code == 405
