"""Runs the flow over opened submissions. It never raises for one bad part: that part gets an "error" finding."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import structlog

from brickmod.web.metrics import FINDINGS, PREFILTER_SECONDS
from featurestore.encoders import image_encoder, text_encoder
from featurestore.heads.serving import Served
from featurestore.models import View
from moderation.detectors.base import Detector, Finding, HeadDetector, Picture, Text
from moderation.detectors.registry import get_detector
from moderation.intake.models import PartKind
from moderation.prefilter.challengers import Heads
from moderation.prefilter.flow import FLOW, Step, detectors
from moderation.prefilter.looking import Made, PartLook, SubmissionLook, of_part

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


def run(looks: Sequence[SubmissionLook], flow: Sequence[Step] = FLOW, heads: Heads | None = None) -> None:
    """Run every step over all submissions together; findings and vectors are left in the looks.

    `heads`: who judges, the same for the whole batch; without it the detectors use what they came with. Challengers are
    asked when all answers stand.
    """
    heads = heads or Heads({})
    for step in flow:
        parts = [
            part for look in looks if not look.settled for part in look.parts if part.kind == step.kind and part.looks
        ]
        if parts:
            started = time.perf_counter()
            if step.does == "encode":
                _encode(step, parts)
            else:
                _detect(step, parts, heads)
            PREFILTER_SECONDS.labels(step=step.name).observe(time.perf_counter() - started)
    found = [get_detector(step.name) for step in flow if step.does == "detect"]
    started = time.perf_counter()
    parts = [part for look in looks for part in look.parts]
    if heads.look_beside([detector for detector in found if isinstance(detector, HeadDetector)], parts):
        PREFILTER_SECONDS.labels(step="challengers").observe(time.perf_counter() - started)
    for part in parts:
        part.seen.clear()


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


def _detect(step: Step, parts: list[PartLook], heads: Heads) -> None:
    detector = get_detector(step.name)
    ask = _asking(detector, heads)
    flat: list[Look] = [look for part in parts for look in part.looks]
    started = time.perf_counter()
    try:
        with _budget(step.budget_ms * len(flat)):
            looked = ask.look_many(flat)
        if len(looked) != len(flat):
            raise ValueError(f"{step.name} gave {len(looked)} findings for {len(flat)} parts")
        took = (time.perf_counter() - started) * 1000 / len(flat)
        looked = [replace(one, ms=took) for one in looked]
    except Exception as error:
        log.exception("prefilter.step_failed", step=step.name, error=type(error).__name__, parts=len(flat))
        # One bad part must not spoil the others of the batch: each alone, so only the bad one is an error.
        looked = [_alone(step, ask, look) for look in flat]
    answers = iter(looked)
    for part in parts:
        of_looks = [next(answers) for _ in part.looks]
        finding = of_part(part, [one.finding for one in of_looks])
        ms, head_ms = sum(one.ms for one in of_looks), sum(one.head_ms for one in of_looks)
        if ask.served and all(one.seen is not None for one in of_looks):
            part.seen[step.name] = [one.seen for one in of_looks]
        part.made.append(Made(finding, ask.version, ms, ask.served, head_ms))
    if isinstance(detector, HeadDetector):
        for challenger, (part, finding, ms) in heads.canaries(detector, parts):
            part.count_instead(challenger, finding, ms)
    for part in parts:
        finding = part.made[-1].finding
        FINDINGS.labels(detector=step.name, verdict=finding.verdict).inc()
        if part.part.kind != PartKind.VIDEO:
            # The likeliest place alone: it is the one that a person's answer is about.
            part.vectors += [
                (encoder, detector.card.view, rows[0]) for encoder, rows in finding.inputs.items() if len(rows)
            ]


@dataclass(frozen=True)
class Looked:
    """A finding, what a detector with heads saw (None: nothing that another head could judge), and milliseconds."""

    finding: Finding
    seen: Any = None
    head_ms: float = 0.0
    ms: float = 0.0


@dataclass(frozen=True)
class Asking:
    """How a detector is asked in this batch: its version, whose head it is if it has one, and the asking."""

    version: str
    served: Served | None
    look_many: Callable[[Sequence[Any]], list[Looked]]


def _asking(detector: Detector, heads: Heads) -> Asking:
    if not isinstance(detector, HeadDetector):
        plain = detector  # mypy does not follow the narrowing into a lambda
        return Asking(detector.card.version, None, lambda looks: [Looked(one) for one in plain.look_many(looks)])
    champion, with_heads = heads.champion(detector), detector

    def judged(look: Any, seen: Any) -> Looked:
        started = time.perf_counter()
        finding = with_heads.judge(look, seen, champion.head, champion.threshold)
        return Looked(finding, seen, (time.perf_counter() - started) * 1000)

    def look_many(looks: Sequence[Any]) -> list[Looked]:
        return [judged(*pair) for pair in zip(looks, with_heads.see_many(looks), strict=True)]

    return Asking(champion.version, champion, look_many)


def _alone(step: Step, ask: Asking, look: Look) -> Looked:
    started = time.perf_counter()
    try:
        with _budget(step.budget_ms):
            looked = ask.look_many([look])[0]
    except StepTimeout:
        looked = Looked(Finding(step.name, "error", 0.0, 1.0, note=f"took longer than {step.budget_ms} ms"))
    except Exception as error:
        looked = Looked(Finding(step.name, "error", 0.0, 1.0, note=f"failed: {type(error).__name__}"))
    return replace(looked, ms=(time.perf_counter() - started) * 1000)


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
