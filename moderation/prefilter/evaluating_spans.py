"""`manage.py evaluate pii`: are the places found, each of its kind? On texts in which somebody marked them.

Which type of another's file means which kind is the table in moderation.detectors.pii.gold; docs/detectors.md shows it.
With --csv the texts are labelled as wholes, and measured as any detector's.
"""

import time
from argparse import ArgumentParser
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from moderation.detectors.base import Finding, Span, Text
from moderation.detectors.pii.gold import BadFile, Example, Marked, measured_kinds, not_counted, read
from moderation.detectors.pii.scoring import Score, score
from moderation.prefilter import evaluation
from moderation.prefilter.data_options import items_of
from moderation.prefilter.evaluation import CannotEvaluate, Item, Outcome


@dataclass(frozen=True)
class MarkedText:
    """`name` tells where it stands in the file."""

    name: str
    example: Example
    language: str


class SpanEvaluator:
    """See moderation.prefilter.evaluation.Evaluator."""

    task = "pii"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--spans", type=Path, help="pii: a JSON file of texts with marked spans")

    def items(self, options: dict[str, Any]) -> list[MarkedText] | list[Item]:
        if not options["spans"]:
            return items_of(options)
        try:
            examples = read(options["spans"])
        except BadFile as error:
            raise CannotEvaluate(str(error)) from error
        return [
            MarkedText(f"{options['spans'].name}:{number}", example, options["language"])
            for number, example in enumerate(examples, 1)
        ]

    def run(self, items: Iterable[Any], model: str) -> Outcome:
        detector, alias = evaluation.detector_for(self.task, "text", model)
        things = list(items)
        if not things or isinstance(things[0], Item):
            counts = evaluation.run(detector, things)
            return Outcome(evaluation.report(detector, alias, counts), evaluation.wrong(counts), counts.errors)
        counted, clean, flagged, threshold = Score(), 0, 0, 0.0
        ms: list[float] = []
        wrong: list[tuple[str, float]] = []
        for one in things:
            started = time.perf_counter()
            (finding,) = detector.look_many([Text(one.example.text, one.language)])
            ms.append((time.perf_counter() - started) * 1000)
            threshold = finding.threshold
            of_one = score(one.example.spans, _found(finding, one.example))
            counted += of_one
            clean += not one.example.spans
            flagged += not one.example.spans and bool(of_one.of("fp"))
            if of_one.of("fp") or of_one.of("fn"):
                wrong.append((f"{one.name}: {_told(of_one)}", finding.score))
        tp, fp, fn = (counted.of(what) for what in ("tp", "fp", "fn"))
        card = detector.card
        report: dict[str, Any] = {
            "task": card.task,
            "model": {"name": card.name, "version": card.version, "alias": alias},
            "n": len(things),
            "errors": 0,
            "threshold": threshold,
            "precision": evaluation.share(tp, tp + fp),
            "recall": evaluation.share(tp, tp + fn),
            "f1": counted.f1(),
            "auc": None,
            "tp": tp,
            "fp": fp,
            "tn": clean - flagged,  # texts without anything to find in which nothing was
            "fn": fn,
            "exact": counted.of("exact"),
            "ms_per_item": {f"p{q}": round(float(np.percentile(ms, q)), 2) for q in (50, 95)},
            "per_class": {kind: row | {"n": row["tp"] + row["fn"]} for kind, row in _rows(counted).items()},
        }
        return Outcome(report, wrong, [])


def _rows(counted: Score) -> dict[str, Any]:
    return {kind: row | {"f1": row["f1"] or 0.0} for kind, row in counted.report().items() if kind != "all"}


def _found(finding: Finding, example: Example) -> list[Marked]:
    """What was found of the kinds that a type of the table means, but for what lies on a span that may be either."""
    found = [Marked(e.start, e.end, e.label) for e in finding.evidence if isinstance(e, Span)]
    return [one for one in found if one.kind in measured_kinds() and not not_counted(one, example)]


def _told(counted: Score) -> str:
    pieces = []
    for word, what in (("missed", "fn"), ("false", "fp")):
        kinds = [kind for (name, kind), count in counted.counts.items() if name == what and count]
        pieces += [f"{word} {', '.join(sorted(kinds))}"] if kinds else []
    return "; ".join(pieces)
