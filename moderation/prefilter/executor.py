"""Runs the flow over opened submissions. It never raises for one bad part: that part gets an "error" finding."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import structlog

from brickmod.web.metrics import FINDINGS, PREFILTER_SECONDS
from featurestore.encoders import image_encoder, text_encoder
from featurestore.models import View
from moderation.detectors.base import Box, Finding, Picture, Text
from moderation.detectors.registry import get_detector
from moderation.intake.models import PartKind
from moderation.prefilter.flow import FLOW, Step, detectors
from moderation.prefilter.looking import Made, PartLook, SubmissionLook

log = structlog.get_logger(__name__)
Look = Picture | Text


class StepTimeout(Exception):
    """A step took longer than its budget."""


def load() -> None:
    """Load and warm every model of the flow. Called once in each worker process, after fork: a model that was warmed
    in the parent hangs in the child."""
    from PIL import Image

    for name in detectors():
        detector = get_detector(name)
        detector.load()
        detector.look_many(
            [Picture(Image.new("RGB", (640, 480), "grey"))] if detector.card.kind == "image" else [Text("hello")]
        )
    image_encoder().encode([Image.new("RGB", (260, 260))])
    text_encoder().encode(["hello"])


def run(looks: Sequence[SubmissionLook], flow: Sequence[Step] = FLOW) -> None:
    """Run every step over all submissions together; findings and vectors are left in the looks."""
    for step in flow:
        parts = [
            part for look in looks if not look.settled for part in look.parts if part.kind == step.kind and part.looks
        ]
        if parts:
            started = time.perf_counter()
            (_encode if step.does == "encode" else _detect)(step, parts)
            PREFILTER_SECONDS.labels(step=step.name).observe(time.perf_counter() - started)


def _encode(step: Step, parts: list[PartLook]) -> None:
    encoder = image_encoder() if step.kind == "image" else text_encoder()
    # A video teaches nothing yet: which of its frames a decision meant is not known.
    wanted = [part for part in parts if part.part.kind != PartKind.VIDEO]
    inputs = [look.image if isinstance(look, Picture) else look.text for part in wanted for look in part.looks]
    try:
        with _budget(step.budget_ms * len(inputs)):
            vectors: Any = encoder.encode(inputs)  # type: ignore[arg-type]
    except Exception as error:
        # Heads that need the vector make it themselves, one by one; what is lost here is only what could be learned.
        log.exception("prefilter.encode_failed", step=step.name, error=type(error).__name__)
        return
    view = View.PICTURE if step.kind == "image" else View.TEXT
    for part, vector in zip(wanted, vectors, strict=True):
        part.looks[0].features[encoder.version] = vector
        part.vectors.append((encoder.version, view, vector))


def _detect(step: Step, parts: list[PartLook]) -> None:
    detector = get_detector(step.name)
    flat: list[Look] = [look for part in parts for look in part.looks]
    look_many: Callable[[Sequence[Any]], list[Finding]] = detector.look_many
    started = time.perf_counter()
    try:
        with _budget(step.budget_ms * len(flat)):
            found = look_many(flat)
        if len(found) != len(flat):
            raise ValueError(f"{step.name} gave {len(found)} findings for {len(flat)} parts")
        ms = [(time.perf_counter() - started) * 1000 / len(flat)] * len(flat)
    except Exception as error:
        log.exception("prefilter.step_failed", step=step.name, error=type(error).__name__, parts=len(flat))
        # One bad part must not spoil the others of the batch: each alone, so only the bad one is an error.
        found, ms = zip(*(_alone(step, look_many, look) for look in flat), strict=True)  # type: ignore[assignment]
    answers: Iterator[tuple[Finding, float]] = iter(zip(found, ms, strict=True))
    for part in parts:
        of_part = [next(answers) for _ in part.looks]
        finding = _of_video(part, [f for f, _ in of_part]) if part.part.kind == PartKind.VIDEO else of_part[0][0]
        part.made.append(Made(finding, detector.card.version, sum(ms for _, ms in of_part)))
        FINDINGS.labels(detector=step.name, verdict=finding.verdict).inc()
        if part.part.kind != PartKind.VIDEO:
            # The likeliest place alone: it is the one that a person's answer is about.
            part.vectors += [(encoder, View.FACE, rows[0]) for encoder, rows in finding.crops.items() if len(rows)]


def _alone(step: Step, look_many: Callable[[Sequence[Any]], list[Finding]], look: Look) -> tuple[Finding, float]:
    started = time.perf_counter()
    try:
        with _budget(step.budget_ms):
            finding = look_many([look])[0]
    except StepTimeout:
        finding = Finding(step.name, "error", 0.0, 1.0, note=f"took longer than {step.budget_ms} ms")
    except Exception as error:
        finding = Finding(step.name, "error", 0.0, 1.0, note=f"failed: {type(error).__name__}")
    return finding, (time.perf_counter() - started) * 1000


def _of_video(part: PartLook, findings: list[Finding]) -> Finding:
    """What is said of a video is what is said of its worst frame; its boxes say at which second they are."""
    order = {"pass": 0, "error": 1, "flag": 2, "reject": 3}
    worst = max(range(len(findings)), key=lambda n: (order[findings[n].verdict], findings[n].score))
    found = findings[worst]
    at = f"{part.seconds[worst]:.1f} s"
    boxes = tuple(replace(e, label=f"{e.label} at {at}") if isinstance(e, Box) else e for e in found.evidence)
    return replace(found, evidence=boxes, note=f"{found.note} (at {at})".strip() if found.verdict != "pass" else "")


@contextmanager
def _budget(ms: int) -> Iterator[None]:
    """Raise StepTimeout when the time is over. Only a main thread can be interrupted; elsewhere (tests, commands) it
    is noticed afterwards. A call into native code that never returns is ended by Celery's hard limit, and the lease."""
    if threading.current_thread() is not threading.main_thread():
        started = time.perf_counter()
        yield
        if (time.perf_counter() - started) * 1000 > ms:
            raise StepTimeout
        return

    def over(signum: int, frame: object) -> None:
        raise StepTimeout

    old = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, ms / 1000)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
