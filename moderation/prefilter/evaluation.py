"""Measures a detector on labelled pictures or texts that it has not seen, through the very code of production.

A picture goes through intake's cleaning and is looked at as its preview, a text with its vector, one by one, by the
detector that the registry gives. It lives here and not with the detectors because it needs the door before them.
"""

import csv
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string

from featurestore.encoders import text_encoder
from moderation.detectors.base import Detector, Finding, Kind, Picture, Text
from moderation.detectors.registry import get_detector, list_detectors
from moderation.intake.bad_file import BadFile
from moderation.intake.pictures import clean_picture
from moderation.prefilter.choosing_model import NoSuchModel, choose
from moderation.prefilter.opening import decode_preview

Opener = Callable[[], Picture | Text]


class CannotEvaluate(Exception):
    """Says in one sentence what was asked for and is not there."""


@dataclass(frozen=True)
class Item:
    """One labelled thing; it is opened only when its turn comes."""

    name: str
    positive: bool
    open: Opener


@dataclass
class Counts:
    """Scores of the positive and of the negative items, and what could not be looked at."""

    scores: list[float] = field(default_factory=list)
    truth: list[bool] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    threshold: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """What an Evaluator found: the object of the contract, what was judged wrongly (and how surely), and errors."""

    report: dict[str, Any]
    wrong: list[tuple[str, float]]
    errors: list[str]


class Evaluator(Protocol):
    """Measures a task that is not a detector's yes or no. A higher room brings it: settings.EVALUATORS names it."""

    task: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options that it has beside those that all tasks share."""
        ...

    def items(self, options: dict[str, Any]) -> Sized:
        """What the options name. Raises CannotEvaluate."""
        ...

    def run(self, items: Any, model: str) -> Outcome:
        """Look at every item as production does. Raises CannotEvaluate when there is no such model."""
        ...


def evaluators() -> dict[str, Evaluator]:
    """task -> what measures it, of those that settings.EVALUATORS names."""
    found = [import_string(path)() for path in settings.EVALUATORS]
    return {evaluator.task: evaluator for evaluator in found}


def tasks() -> list[str]:
    """All tasks that there is a detector for."""
    return sorted({get_detector(name).card.task for name in list_detectors()})


def detector_for(task: str, kind: Kind, model: str) -> tuple[Detector, str]:
    """The loaded detector of a task and its alias. Raises CannotEvaluate."""
    matching = [found for found in map(get_detector, list_detectors()) if found.card.task == task]
    if not matching:
        raise CannotEvaluate(f"There is no detector for the task {task!r}; there are: {', '.join(tasks())}.")
    detector = matching[0]
    card = detector.card
    if card.kind != kind:
        asked = "--positive and --negative folders" if card.kind == "image" else "--csv, --text, --label and --positive"
        raise CannotEvaluate(f"The task {task!r} looks at {card.kind}s: give {asked}.")
    detector.load()
    try:
        return choose(detector, model)
    except NoSuchModel as error:
        raise CannotEvaluate(str(error)) from error


def of_folders(positive: Iterable[Path], negative: Iterable[Path]) -> list[Item]:
    """Every file below the folders, in the order of their names. Hidden files are none."""
    items = []
    for folders, label in ((positive, True), (negative, False)):
        for folder in folders:
            if not folder.is_dir():
                raise CannotEvaluate(f"{folder} is no folder.")
            items += [
                Item(str(path), label, picture_opener(path))
                for path in sorted(folder.rglob("*"))
                if _counts(path, folder)
            ]
    if not items:
        raise CannotEvaluate("There is no file in the folders.")
    return items


def _counts(path: Path, folder: Path) -> bool:
    return path.is_file() and not any(name.startswith(".") for name in path.relative_to(folder).parts)


def picture_opener(path: Path) -> Opener:
    """Opens the picture as the door would let it in. Opening raises BadFile and OSError."""

    def opened() -> Picture:
        with path.open("rb") as file:
            clean = clean_picture(file, settings.MAX_PICTURE_BYTES, settings.MAX_PIXELS)
        return Picture(decode_preview(clean.preview))

    return opened


def of_csv(path: Path, text: str, label: str, positive: Iterable[str], language: str = "") -> Iterator[Item]:
    """Every row of a CSV file with a header, in UTF-8. `positive`: values of the label column that count as found."""
    wanted = {value.strip() for value in positive}
    for name, value, opener in of_csv_values(path, text, label, language):
        yield Item(name, value in wanted, opener)


def of_csv_values(path: Path, text: str, label: str, language: str = "") -> Iterator[tuple[str, str, Opener]]:
    """(name, value of the label column, opener) of every row of a CSV file with a header, in UTF-8."""
    try:
        file = path.open(newline="", encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise CannotEvaluate(f"{path} cannot be read: {error.strerror}.") from error
    with file:
        rows = csv.DictReader(file)
        for column in (text, label):
            if column not in (rows.fieldnames or []):
                raise CannotEvaluate(f"{path} has no column {column!r}; it has: {', '.join(rows.fieldnames or [])}.")
        for number, row in enumerate(rows, 2):
            yield f"{path.name}:{number}", (row[label] or "").strip(), text_opener(row[text] or "", language)


def text_opener(text: str, language: str) -> Opener:
    return lambda: Text(text, language)


def run(detector: Detector, items: Iterable[Item]) -> Counts:
    """Look at every item alone. What cannot be opened, and what the detector fails at, is counted, never raised."""
    counts = Counts()
    for item in items:
        try:
            part = item.open()
        except (BadFile, OSError) as error:
            counts.errors.append(f"{item.name}: {error}")
            continue
        started = time.perf_counter()
        try:
            finding = _look(detector, part)
        except Exception as error:
            # The executor would make an "error" finding of it: work for a person.
            counts.errors.append(f"{item.name}: {type(error).__name__}: {error}")
            continue
        counts.ms.append((time.perf_counter() - started) * 1000)
        counts.scores.append(finding.score)
        counts.truth.append(item.positive)
        counts.names.append(item.name)
        counts.threshold = finding.threshold
    return counts


def _look(detector: Detector, part: Picture | Text) -> Finding:
    """As the flow does it: a text has its vector before any head sees it."""
    if isinstance(part, Picture):
        return detector.look_many([part])[0]
    encoder = text_encoder()
    part.features[encoder.version] = encoder.encode([part.text])[0]
    return detector.look_many([part])[0]


def report(detector: Detector, alias: str, counts: Counts) -> dict[str, Any]:
    """The object of the contract. Figures that have no denominator are null."""
    truth = np.array(counts.truth, bool)
    scores = np.array(counts.scores, np.float64)
    found = scores >= counts.threshold
    tp, fp = int((found & truth).sum()), int((found & ~truth).sum())
    fn, tn = int((~found & truth).sum()), int((~found & ~truth).sum())
    return {
        "task": detector.card.task,
        "model": {"name": detector.card.name, "version": detector.card.version, "alias": alias},
        "n": len(truth),
        "errors": len(counts.errors),
        "threshold": counts.threshold,
        "precision": share(tp, tp + fp),
        "recall": share(tp, tp + fn),
        "f1": share(2 * tp, 2 * tp + fp + fn),
        "auc": auc(scores[truth], scores[~truth]),
        "tp": tp,
        "fp": fp,
        "tn": tn,
        "fn": fn,
        "ms_per_item": {f"p{q}": round(float(np.percentile(counts.ms, q)), 2) if counts.ms else None for q in (50, 95)},
    }


def wrong(counts: Counts) -> list[tuple[str, float]]:
    """Names and scores of what was judged wrongly, the worst first."""
    judged = zip(counts.names, counts.scores, counts.truth, strict=True)
    bad = [(name, score) for name, score, truth in judged if (score >= counts.threshold) != truth]
    return sorted(bad, key=lambda pair: -abs(pair[1] - counts.threshold))


def share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def auc(positive: np.ndarray, negative: np.ndarray) -> float | None:
    """Chance that a positive scores higher than a negative; equal scores count half. None without both."""
    if not len(positive) or not len(negative):
        return None
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, "left")
    upto = np.searchsorted(ordered, positive, "right")
    return float((below + upto).sum() / 2 / len(positive) / len(negative))
