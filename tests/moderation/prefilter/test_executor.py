"""The executor: one bad part, one slow step or one broken detector makes work for a person and harms nobody else."""

import time

import numpy as np
import pytest
from PIL import Image

from moderation.detectors import registry
from moderation.detectors.base import Box, Card, Finding, Picture
from moderation.intake.models import Part, Submission
from moderation.prefilter import executor
from moderation.prefilter.flow import Step
from moderation.prefilter.looking import PartLook, SubmissionLook

WHITE, BLACK = Image.new("RGB", (32, 32), "white"), Image.new("RGB", (32, 32))


def card(name: str) -> Card:
    return Card(name, "1", "image", name, "for a test", "", "")


class Careful:
    """Rejects black, raises on a red picture, sleeps on a blue one."""

    card = card("careful")

    def load(self) -> None: ...

    def look_many(self, parts):
        return [self.one(np.asarray(part.image).mean((0, 1))) for part in parts]

    def one(self, mean):
        if mean[0] > 200 and mean[2] < 50:
            raise RuntimeError("red")
        if mean[2] > 200 and mean[0] < 50:
            time.sleep(2)
        bad = mean.max() < 10
        boxes = (Box(0, 0, 1, 1, "black", 1.0),) if bad else ()
        return Finding("careful", "reject" if bad else "pass", float(bad), 0.5, "bad_picture" if bad else "", boxes)


class Forgetful:
    """Answers for fewer parts than it was given."""

    card = card("forgetful")

    def load(self) -> None: ...

    def look_many(self, parts):
        return [Finding("forgetful", "pass", 0.0, 0.5)] * (len(parts) - 1)


class Last:
    """Passes everything."""

    card = card("last")

    def load(self) -> None: ...

    def look_many(self, parts):
        return [Finding("last", "pass", 0.0, 0.5) for _ in parts]


@pytest.fixture(autouse=True)
def detectors(monkeypatch):
    registry.list_detectors()
    for cls in (Careful, Forgetful, Last):
        monkeypatch.setitem(registry._classes, cls.card.name, cls)
    registry.get_detector.cache_clear()
    yield
    registry.get_detector.cache_clear()


def step(name: str, budget_ms: int = 500) -> Step:
    return Step(name, "image", "detect", "", "reject", budget_ms)


def look(*colours: str, audit: bool = False, kind: str = "image") -> SubmissionLook:
    submission = Submission(audit=audit)
    if kind == "video":
        frames = [Picture(Image.new("RGB", (32, 32), colour)) for colour in colours]
        return SubmissionLook(submission, [PartLook(Part(kind="video", position=0), frames, [0.0, 1.5, 3.0])])
    parts = [
        PartLook(Part(kind="image", position=n), [Picture(Image.new("RGB", (32, 32), colour))])
        for n, colour in enumerate(colours)
    ]
    return SubmissionLook(submission, parts)


def verdicts(look: SubmissionLook, detector: str) -> list[str]:
    return [made.finding.verdict for part in look.parts for made in part.made if made.finding.detector == detector]


def test_one_bad_part_does_not_spoil_the_batch():
    mine, other = look("white", "red"), look("black")
    executor.run([mine, other], [step("careful")])
    assert verdicts(mine, "careful") == ["pass", "error"]
    assert verdicts(other, "careful") == ["reject"]
    assert mine.doubtful
    assert not mine.settled
    assert other.settled
    assert other.reject_reasons == ["bad_picture"]


def test_a_step_that_takes_too_long_is_an_error():
    slow = look("white", "blue")
    started = time.monotonic()
    executor.run([slow], [step("careful", 200)])
    assert verdicts(slow, "careful") == ["pass", "error"]
    assert "longer than 200 ms" in slow.parts[1].made[0].finding.note
    assert time.monotonic() - started < 1.9  # interrupted, not waited for


def test_a_detector_that_answers_for_too_few_is_not_believed():
    two = look("white", "white")
    executor.run([two], [step("forgetful")])
    assert verdicts(two, "forgetful") == ["error", "error"]


def test_what_is_settled_is_spared_the_rest():
    black, white = look("black"), look("white")
    executor.run([black, white], [step("careful"), step("last")])
    assert verdicts(black, "last") == []
    assert verdicts(white, "last") == ["pass"]


def test_the_audit_sample_sees_every_step_and_is_not_rejected():
    black = look("black", audit=True)
    executor.run([black], [step("careful"), step("last")])
    assert verdicts(black, "last") == ["pass"]
    assert not black.settled
    assert black.doubtful


def test_a_video_is_its_worst_frame_and_waits_for_a_person():
    film = look("white", "black", "white", kind="video")
    executor.run([film], [step("careful")])
    (made,) = film.parts[0].made
    assert made.finding.verdict == "reject"
    assert made.finding.evidence[0].label == "black at 1.5 s"
    assert not film.settled
    assert film.doubtful
