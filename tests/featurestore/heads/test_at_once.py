"""Several who change the same at the same time, each on a connection of their own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from featurestore.heads import alerts, mirroring, running
from featurestore.heads.actions import NotNow, Refused, deploy, promote
from featurestore.heads.mlflow_api import Mlflow
from featurestore.heads.models import (
    AlertKind,
    HeadAlert,
    HeadVersion,
    PromotionEvent,
    RunState,
    Serving,
    TrainingRun,
)
from featurestore.heads.registering import plant
from featurestore.heads.serving import serving

pytestmark = pytest.mark.django_db(transaction=True)


def together(*calls: Callable[[], object]) -> list[object]:
    """What each returned, or the exception that it raised."""
    barrier = threading.Barrier(len(calls))

    def one(call: Callable[[], object]) -> object:
        try:
            barrier.wait(20)
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def test_two_promotions_at_once_and_one_wins(mlflow, heads, task, lead, ml_engineer):
    mirroring.follow(Mlflow(), [task])
    # Both pages showed version 1 as champion.
    found = together(
        lambda: promote(heads[1], lead, "This.", over=heads[0]),
        lambda: promote(heads[2], ml_engineer, "No, this.", over=heads[0]),
    )
    won = [event for event in found if isinstance(event, PromotionEvent)]
    lost = [error for error in found if isinstance(error, Refused)]
    assert len(won) == len(lost) == 1, found
    assert "meanwhile; look again" in str(lost[0])
    assert PromotionEvent.objects.count() == 1
    champion = Serving.objects.get(task=task, alias="champion")
    assert champion.head == won[0].new
    there = mirroring.registry.copies(Mlflow(), task)
    assert there[champion.head.version, champion.head.sheet["sha256"]].version == mirroring.aliases(task)["champion"]


def test_the_same_promotion_twice_is_one(mlflow, heads, task, lead):
    mirroring.follow(Mlflow(), [task])
    found = together(*[lambda: promote(heads[1], lead, "This.")] * 3)
    assert sum(isinstance(event, PromotionEvent) for event in found) == 1, found
    assert PromotionEvent.objects.count() == 1


def test_readers_never_see_half_a_promotion(mlflow, heads, task, lead):
    """While one promotes to and fro, every read has exactly one champion, and the same three heads."""
    mirroring.follow(Mlflow(), [task])
    stop = threading.Event()
    seen: list[tuple[str, ...]] = []

    def read() -> int:
        while not stop.is_set():
            seen.append(tuple(one.version for one in serving(task)[task]))
        return len(seen)

    def move() -> None:
        try:
            for n in range(6):
                promote(heads[(n + 1) % 2], lead, "To and fro.")
        finally:
            stop.set()

    found = together(read, move)
    assert found[1] is None, found
    assert {frozenset(read) for read in seen} == {frozenset("123")}
    assert {read[0] for read in seen} <= {"1", "2"}


def test_deploying_at_once_gives_each_a_place_of_its_own(heads, make_head, task, lead):
    fifth = make_head("5")
    found = together(
        lambda: deploy(heads[3], lead, "This.", with_mlflow=False),
        lambda: deploy(fifth, lead, "And this.", with_mlflow=False),
    )
    assert all(isinstance(alias, str) for alias in found), found
    rows = dict(Serving.objects.filter(task=task).values_list("head__version", "alias"))
    assert len(rows) == 4
    assert {"1", "4", "5"} < set(rows)


def test_a_training_is_asked_for_once_and_begun_once(task):
    found = together(*[lambda: running.wait(task, None, "x")] * 4)
    assert sum(isinstance(one, NotNow) for one in found) == 3, found
    run = TrainingRun.objects.get()
    copies = [TrainingRun.objects.get() for _ in range(4)]
    assert sorted(together(*[lambda copy=copy: running.begin(copy) for copy in copies])) == [False] * 3 + [True]
    run.refresh_from_db()
    assert run.state == RunState.RUNNING


def test_all_workers_plant_and_there_is_one_head(make_head, task, tmp_path):
    make_head("7")  # writes a folder as a detector has it
    HeadVersion.objects.all().delete()
    found = together(*[lambda: plant(tmp_path / f"{task}-7")] * 4)
    assert len({head.pk for head in found if isinstance(head, HeadVersion)}) == 1, found
    assert HeadVersion.objects.count() == Serving.objects.count() == PromotionEvent.objects.count() == 1


def test_an_alert_of_many_processes_is_one(task):
    together(*[lambda: alerts.raise_alert(task, AlertKind.BROKEN_HEAD, "x", "2")] * 4)
    assert HeadAlert.objects.get().times == 4
