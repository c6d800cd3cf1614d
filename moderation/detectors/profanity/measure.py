"""What the detector finds, as production runs it, on texts that its head was never trained on.

    python -m moderation.detectors.profanity.measure --tweets tweets_en.csv --multi multi_*.csv \\
        --names theme_texts.csv --models var/models --cache FOLDER [--undeclared]

Of labelled texts only the held-out parts are looked at (see train.py). For each file and each of its sources: n, AUC
of the score, precision and recall of what reaches a person or is rejected; for tweets F1; of names what is false.
"""

import argparse
import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from moderation.detectors.base import Finding, Text
from moderation.detectors.profanity.detector import FOLDER, Profanity
from moderation.detectors.profanity.training_data import PARTS, Encoded, Row, auc, read_multi, read_tweets


class Remembering:
    """A text encoder that keeps what it has encoded, because measuring is done often. See TextEncoder."""

    def __init__(self, encoded: Encoded) -> None:
        self._encoded, self.version, self.name, self.dim = encoded, encoded.version, "remembering", 384

    def encode(self, texts: Sequence[str]) -> Any:
        return self._encoded.vectors(texts)


def detector_on(encoded: Encoded, folder: Path) -> Profanity:
    """The detector with a head and n-grams from a folder, reading vectors that were kept."""
    detector = Profanity()
    detector.load_with(Remembering(encoded), folder)
    return detector


def look(detector: Profanity, encoder: Remembering, rows: Sequence[Row], undeclared: bool) -> list[Finding]:
    """A finding for each row, one by one as evaluate does; `undeclared`: nobody says in which language it is."""
    found = []
    for row in rows:
        vector = encoder.encode([row.text])[0]
        found += detector.look_many([Text(row.text, "" if undeclared else row.language, {encoder.version: vector})])
    return found


def told(found: Sequence[Finding], rows: Sequence[Row]) -> dict[str, Any]:
    """n, auc, precision, recall, f1 and how much is rejected."""
    truth = np.array([row.rude for row in rows], bool)
    said = np.array([one.verdict != "pass" for one in found], bool)
    hit = int((said & truth).sum())
    return {
        "n": len(rows),
        "auc": round(auc(np.array([one.score for one in found]), truth), 4),
        "precision": round(hit / max(int(said.sum()), 1), 4),
        "recall": round(hit / max(int(truth.sum()), 1), 4),
        "f1": round(2 * hit / max(int(said.sum() + truth.sum()), 1), 4),
        "rejected": sum(one.verdict == "reject" for one in found),
    }


def by_source(name: str, rows: Sequence[Row], found: Sequence[Finding]) -> Iterable[tuple[str, dict[str, Any]]]:
    yield name, told(found, rows)
    sources = sorted({row.source for row in rows})
    for source in sources if len(sources) > 1 else ():
        there = [at for at, row in enumerate(rows) if row.source == source]
        yield f"{name} {source}", told([found[at] for at in there], [rows[at] for at in there])


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tweets", type=Path, help="CSV with text,label (hate, offensive, neither)")
    parser.add_argument("--multi", type=Path, nargs="*", default=[], help="CSVs multi_LANG.csv with text,toxic,source")
    parser.add_argument("--names", type=Path, help="CSV with text: names of sets and figures, none of them rude")
    parser.add_argument("--models", type=Path, required=True, help="where prepare_models put the encoders")
    parser.add_argument("--cache", type=Path, help="folder that keeps the vectors between runs")
    parser.add_argument("--head", type=Path, default=FOLDER, help="where head.onnx, head.json and grams.npz are")
    parser.add_argument("--holdout", type=float, default=0.25, help="the share that was kept out of training")
    parser.add_argument("--undeclared", action="store_true", help="do not say in which language a text is")
    options = parser.parse_args(arguments)
    encoded = Encoded(options.models, options.cache, keep_at_once=False)
    detector, encoder = detector_on(encoded, options.head), Remembering(encoded)
    files = [("tweets_en", read_tweets(options.tweets))] if options.tweets else []
    files += [(path.stem, read_multi(path)) for path in options.multi]
    aucs = []
    for name, all_rows in files:
        rows = [row for row in all_rows if row.part < options.holdout * PARTS]
        for title, figures in by_source(name, rows, look(detector, encoder, rows, options.undeclared)):
            print(f"{title:28s} {json.dumps(figures)}", flush=True)  # noqa: T201
            aucs += [figures["auc"]] if title == name and name.startswith("multi") else []
        encoded.keep()
    if aucs:
        print(f"{'mean of multi':28s} auc {np.mean(aucs):.4f}, least {min(aucs):.4f}")  # noqa: T201
    if options.names:
        with options.names.open(newline="", encoding="utf-8") as file:
            names = [Row(row["text"], "en", False, "names") for row in csv.DictReader(file)]
        found = look(detector, encoder, names, options.undeclared)
        false = [(row.text, one.verdict) for row, one in zip(names, found, strict=True) if one.verdict != "pass"]
        print(f"names: {len(false)} of {len(names)} = {len(false) / len(names):.4%}", *false, sep="\n  ")  # noqa: T201
        encoded.keep()


if __name__ == "__main__":
    main()
