"""Pulling plugs: whatever is killed in the middle, every upload reaches one verdict, and none twice."""

import io
import json
import threading
import time

import httpx
import psutil
import pytest
from PIL import Image

from brickmod.run.trial import Trial

UPLOADS = 200
COUNT = """
import json
from django.db.models import Count
from brickmod.outbox.models import Event
from moderation.intake.models import Submission
from moderation.prefilter.models import Finding
doubled = Finding.objects.values("part", "detector").annotate(n=Count("id")).filter(n__gt=1).count()
print(json.dumps({
    "states": dict(Submission.objects.values_list("state").annotate(n=Count("id"))),
    "events": Event.objects.filter(type="submission.prefiltered").count(),
    "doubled": doubled,
}))
"""
KEY = """
from brickmod.access.actions import issue_key
from brickmod.access.models import App
print(issue_key(App.objects.create(name="Storm", slug="storm"), ["submit"])[1])
"""


@pytest.fixture
def storm(models, tmp_path):
    with Trial(tmp_path / "storm", DEMO="0", MODELS_DIR=str(models)) as trial:
        yield trial


def kill(trial: Trial, *words: str, child: bool = False) -> None:
    """kill -9 of the processes of this run whose command has all of these words; with `child`, of their children."""
    assert trial.process is not None
    family = psutil.Process(trial.process.pid).children(recursive=True)
    found = [process for process in family if all(word in " ".join(process.cmdline()) for word in words)]
    if child:
        found = [process for process in found if process.parent() in found]
    assert found, f"nothing runs {words}"
    for process in found:
        process.kill()


def upload(trial: Trial, key: str, sent: list[str], stop: threading.Event) -> None:
    out = io.BytesIO()
    Image.effect_noise((400, 300), 90).convert("RGB").save(out, "JPEG")
    with httpx.Client(base_url=trial.url, headers={"Authorization": f"Bearer {key}"}, timeout=30) as client:
        while len(sent) < UPLOADS and not stop.is_set():
            external_id = f"storm-{len(sent)}"
            fields = {"external_id": external_id, "author": "k", "market": "SE", "language": "sv", "title": "Min båt"}
            try:
                answer = client.post("/api/v1/submissions/", data=fields, files={"images": ("a.jpg", out.getvalue())})
            except httpx.TransportError:
                continue  # sent again under the same id, as an app would
            if answer.status_code in {200, 201, 202}:
                sent.append(external_id)


@pytest.mark.xdist_group("live")
def test_killed_workers_and_a_killed_broker_lose_and_double_nothing(storm):
    key = storm.manage("shell", "--no-imports", "-c", KEY).splitlines()[-1]
    sent: list[str] = []
    stop = threading.Event()
    sender = threading.Thread(target=upload, args=(storm, key, sent, stop))
    sender.start()
    try:
        for part, words, child in (
            (40, ("celery", "prefilter"), True),
            (90, ("valkey",), False),
            (140, ("celery", "prefilter"), False),
        ):
            end = time.monotonic() + 60
            while len(sent) < part and time.monotonic() < end:
                time.sleep(0.05)
            kill(storm, *words, child=child)
        sender.join(90)
    finally:
        stop.set()
        sender.join()
    assert len(sent) == UPLOADS

    end = time.monotonic() + 120
    counts = {}
    while time.monotonic() < end:
        counts = json.loads(storm.manage("shell", "--no-imports", "-c", COUNT).splitlines()[-1])
        if "analysing" not in counts["states"]:
            break
        time.sleep(2)
    assert sum(counts["states"].values()) == UPLOADS, counts
    assert set(counts["states"]) <= {"queued", "rejected"}, counts
    assert counts["events"] == UPLOADS
    assert counts["doubled"] == 0
