"""`manage.py evaluate theme`: the classifier as production runs it, on texts or pictures that it has never seen."""

import time
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from django.db import DatabaseError

from engagement.themes import classifier, measures
from engagement.themes.classifier import Classifier, Seen
from engagement.themes.fusion import Answer
from engagement.themes.lexicon import ThemeWords, folded, shipped
from engagement.themes.mapping import Shape
from engagement.themes.registered import TASK
from featurestore.encoders.base import ModelMissing
from featurestore.heads.models import HeadVersion
from moderation.detectors.base import Picture
from moderation.intake.bad_file import BadFile
from moderation.prefilter.evaluation import CannotEvaluate, Outcome
from moderation.prefilter.labelled import Labelled, labelled


class ThemeEvaluator:
    """See moderation.prefilter.evaluation.Evaluator."""

    task = "theme"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--images", type=Path, help="theme: a folder with one folder of pictures for each theme")

    def items(self, options: dict[str, Any]) -> list[Labelled]:
        texts = options["csv"] and options["text"] and options["label"] and not options["positive"]
        if not texts and not options["images"]:
            raise CannotEvaluate("Give --csv FILE with --text COL and --label COL, or --images DIR.")
        return labelled({**options, "language": options["language"] or ""})[0]

    def run(self, items: Iterable[Labelled], model: str) -> Outcome:
        judge, alias, names = self._model(model)
        truth, answers, ms, errors, seen_names, kinds = [], [], [], [], [], set()
        for item in items:
            try:
                part = item.open()
            except (BadFile, OSError) as error:
                errors.append(f"{item.name}: {error}")
                continue
            if isinstance(part, Picture) and judge.picture is None:
                raise CannotEvaluate(
                    "There is no picture head. `python -m engagement.themes.train_pictures` makes one."
                )
            creation = Seen(picture=part.image) if isinstance(part, Picture) else Seen(text=part.text)
            kinds.add("picture" if isinstance(part, Picture) else "text")
            started = time.perf_counter()
            [found] = judge.look([creation])
            ms.append((time.perf_counter() - started) * 1000)
            truth.append(names.get(folded(item.value), item.value))
            answers.append(found)
            seen_names.append(item.name)
        head = judge.picture if kinds == {"picture"} and judge.picture else judge.text
        wrong = [
            (f"{name}: {value}, taken for {found.best or 'nothing'}", found.scores.get(found.best, 0.0))
            for name, value, found in zip(seen_names, truth, answers, strict=True)
            if found.best != value
        ]
        return Outcome(report(truth, answers, head.sheet, ms, len(errors), alias), wrong, errors)

    def _model(self, model: str) -> tuple[Classifier, str, dict[str, str]]:
        """The classifier, its alias ("": it serves nobody) and folded name -> slug. Without a database: the themes and
        heads as shipped."""
        registered: list[str] = []
        try:
            words, now = classifier.words(), classifier.shape()
            found, registered = _registered(model)
            if found:
                return *found, _names(words)
        except DatabaseError:
            words = list(shipped())
            now = Shape(
                {w.slug: w.parents for w in words} | {up: () for w in words for up in w.parents},
                {},
                frozenset(w.slug for w in words),
            )
        where = Path(model) if Path(model).is_dir() else classifier.folder()
        try:
            judge = classifier.load(where, words, now)
        except ModelMissing as error:
            raise CannotEvaluate(str(error)) from error
        known = {"champion", judge.text.sheet.version, str(where), model if Path(model).is_dir() else "champion"}
        if model not in known:
            versions = ", ".join(dict.fromkeys([*registered, judge.text.sheet.version]))
            raise CannotEvaluate(
                f"There is no {model!r} model of 'theme'; there is: champion, version {versions}, "
                "or a folder with heads."
            )
        return judge, "champion" if model in {"champion", judge.text.sheet.version} else "", _names(words)


def _registered(model: str) -> tuple[tuple[Classifier, str] | None, list[str]]:
    """The classifier of an alias or a version of the registry with its alias, and which versions there are."""
    versions = list(HeadVersion.objects.filter(task=TASK).order_by("id").values_list("version", flat=True))
    if Path(model).is_dir() or not versions:
        return None, versions
    try:
        serving = [(judge, one) for judge, one in classifier.classifiers() if one is not None]
        # Two challengers may serve; the first is "challenger", each has its version.
        for judge, one in serving:
            if model in (one.alias, one.version):
                return (judge, one.alias), versions
        judge_of = classifier.of_version(model)
    except ModelMissing as error:
        raise CannotEvaluate(str(error)) from error
    return (judge_of, "") if judge_of else None, versions


def _names(words: Iterable[ThemeWords]) -> dict[str, str]:
    """What people may call a theme -> its slug."""
    found: dict[str, str] = {}
    for theme in words:
        for name in (*theme.aliases, theme.name, theme.slug):
            for form in (name, name.replace(" ", "-"), name.replace("-", " "), name.replace("-", "_")):
                found[folded(form)] = theme.slug
    return found


def report(
    truth: list[str], answers: list[Answer], sheet: Any, ms: list[float], errors: int, alias: str = "champion"
) -> dict[str, Any]:
    """The object of the contract. Accuracy and F1 are of the likeliest theme; what is given is told beside it."""
    best = [found.best for found in answers]
    p = np.array([found.scores.get(found.best, 0.0) for found in answers])
    right = np.array([said == value for said, value in zip(best, truth, strict=True)], bool)
    given = np.array([found.theme is not None for found in answers], bool)
    rows = measures.per_class(truth, best)
    n = len(truth)
    return {
        "task": "theme",
        "model": {"name": sheet.name, "version": sheet.version, "alias": alias or None},
        "n": n,
        "errors": errors,
        "threshold": sheet.threshold(classifier.RISK),
        "precision": float(np.mean([row["precision"] for row in rows.values()])) if n else None,
        "recall": float(np.mean([row["recall"] for row in rows.values()])) if n else None,
        "f1": float(np.mean([row["f1"] for row in rows.values()])) if n else None,
        "auc": None,
        "tp": None,
        "fp": None,
        "tn": None,
        "fn": None,
        "ms_per_item": {f"p{q}": round(float(np.percentile(ms, q)), 2) if ms else None for q in (50, 95)},
        "accuracy": float(right.mean()) if n else None,
        "macro_f1": float(np.mean([row["f1"] for row in rows.values()])) if n else None,
        "per_class": rows,
        "calibration_error": measures.calibration_error(p, right) if n else None,
        "accuracy_after_abstaining_5_percent": measures.after_abstaining(p, right, 0.05) if n else None,
        "answered": float(given.mean()) if n else None,
        "accuracy_of_answered": float(right[given].mean()) if given.any() else None,
        "themes_of_the_model": list(sheet.themes),
    }
