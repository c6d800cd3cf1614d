"""The heads that detectors come with, in the registry, and which of them `evaluate --model` means."""

from dataclasses import asdict, replace
from uuid import uuid4

import numpy as np
import pytest
from django.core.management import call_command
from django.db import OperationalError
from PIL import Image

from featurestore.heads import serving as serving_now
from featurestore.heads.models import Alias, HeadVersion, Serving
from featurestore.heads.serving import serving
from moderation.detectors.base import Picture, Text
from moderation.detectors.face.detector import FaceDetector
from moderation.detectors.profanity.detector import Profanity
from moderation.intake.models import Part, Submission
from moderation.prefilter import choosing_model, executor
from moderation.prefilter.challengers import Heads
from moderation.prefilter.evaluation import CannotEvaluate, detector_for
from moderation.prefilter.flow import FLOW
from moderation.prefilter.looking import PartLook, SubmissionLook
from moderation.prefilter.planting import plant_heads
from tests import heads

pytestmark = [pytest.mark.django_db, pytest.mark.models]


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(serving_now, "_heads", {})  # a test database counts its ids from 1 again
    monkeypatch.setattr(serving_now, "_broken", {})


@pytest.fixture(scope="module", params=[FaceDetector, Profanity])
def detector(request, models):
    found = request.param()
    found.load()
    return found


def test_planted_heads_are_the_champions_that_the_detectors_would_have_used(detector, capsys):
    plant_heads()
    assert plant_heads() == list(HeadVersion.objects.filter(task__in=["face", "nudity", "profanity"]).order_by("task"))
    champion = Heads(serving()).champion(detector)
    shipped = detector.head().sheet
    assert (champion.id > 0, champion.version, champion.threshold) == (True, "1", shipped.threshold)
    assert champion.head.sheet.sha256 == shipped.sha256
    row = HeadVersion.objects.get(id=champion.id)
    assert (row.encoder, row.view) == (detector.reads(), detector.card.view)
    call_command("plant_heads")
    assert "face version 1: champion (production)" in capsys.readouterr().out


def test_a_planted_head_takes_nobody_s_place(detector):
    task = detector.card.task
    dim = detector.head().sheet.dim
    mine = heads.serve(heads.steady(dim, 0.5), dim, detector.reads(), Alias.CHAMPION, task=task, version="7")
    plant_heads()
    assert Serving.objects.get(task=task).head == mine
    assert HeadVersion.objects.get(task=task, version="8").standing == "ready"


def test_what_a_head_reads_is_kept_for_its_next_training(detector):
    """As the store has it after the real flow: of a text the vector, and the vector with the votes of the lists."""
    from skimage import data as pictures

    part = Part(id=uuid4(), kind="text" if detector.card.kind == "text" else "image", position=0)
    image = Image.fromarray(pictures.astronaut())
    look = PartLook(part, [Text("you stupid idiot", "en") if part.kind == "text" else Picture(image)])
    executor.load()
    flow = [replace(step, budget_ms=60_000) for step in FLOW]  # a busy machine's leave
    executor.run([SubmissionLook(Submission(audit=True), [look])], flow)
    kept = {(encoder, view): vector for encoder, view, vector in look.vectors}
    vector = kept[detector.reads(), detector.card.view]
    assert vector.shape == (detector.head().sheet.dim,)
    (made,) = [made for made in look.made if made.finding.detector == detector.card.name]
    if part.kind == "text":
        whole = kept[detector.reads().removesuffix("+votes2"), "text"]
        np.testing.assert_array_equal(vector[: len(whole)], whole)
        assert vector[len(whole) :].any()  # a listed word
    # Near what was said of it: a part may score worse than the whole, and a doubtful face is looked at three times.
    assert detector.head().score(vector[None])[0] == pytest.approx(made.finding.score, abs=0.25)


def test_evaluate_takes_the_model_that_is_named(detector):
    task, kind = detector.card.task, detector.card.kind
    plant_heads()
    dim = detector.head().sheet.dim
    mine = "1"  # the registry counts by itself, whatever the shipped file calls itself
    heads.serve(heads.steady(dim, 0.125), dim, detector.reads(), task=task, version="12")
    idle = heads.steady(dim, 0.75)
    said = replace(heads.sheet(idle, dim, detector.reads(), "13", task=task), view="x")
    HeadVersion.objects.create(
        task=task, version="13", encoder=detector.reads(), view="", onnx=idle, sheet=asdict(said)
    )
    asked = {model: detector_for(task, kind, model) for model in ("champion", "challenger", mine, "12", "13")}
    assert {model: (found.card.version, alias) for model, (found, alias) in asked.items()} == {
        "champion": (mine, "champion"),
        "challenger": ("12", "challenger"),
        mine: (mine, "champion"),
        "12": ("12", "challenger"),
        "13": ("13", ""),
    }
    with pytest.raises(CannotEvaluate, match=rf"no '9' model .*: champion, version {mine}, challenger, version 12"):
        detector_for(task, kind, "9")


def test_a_model_of_another_encoder_cannot_be_measured(detector):
    task = detector.card.task
    heads.serve(heads.steady(5, 0.5), 5, "enc-other", task=task, version="2")
    with pytest.raises(CannotEvaluate, match="reads enc-other, which is not here"):
        detector_for(task, detector.card.kind, "challenger")


def test_without_a_database_the_shipped_head_is_measured(detector, monkeypatch):
    def gone(task=""):
        raise OperationalError("no such table")

    monkeypatch.setattr(choosing_model, "serving", gone)
    found, alias = detector_for(detector.card.task, detector.card.kind, "champion")
    assert (found.card.version, alias) == (detector.head().sheet.version, "champion")
