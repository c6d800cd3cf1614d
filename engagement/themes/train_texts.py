"""Makes the text head of the themes (weights/text.npz, text.json) from texts whose theme is known.

    python -m engagement.themes.train_texts --csv FILE [--text text] [--label theme] [--models var/models]
        [--out FOLDER] [--data "whence the texts are, and their licence"] [--only-measure]

Nothing of the texts goes into the head but the weights of hashed n-grams. Prints what heads of a cross-validation
said of texts that they had not seen.
"""

import argparse
import csv
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track

from engagement.themes import ground, measures, sheet
from engagement.themes.fit_text import cross_validated, fit
from engagement.themes.lexicon import ThemeWords, shipped
from engagement.themes.text_head import Inputs, packed
from featurestore.encoders.text import load

WEIGHTS = Path(__file__).parent / "weights"


def main(arguments: list[str]) -> None:
    options = _options(arguments)
    console = Console(stderr=True)
    texts, labels = read(options.csv, options.text, options.label)
    themes = sorted(set(labels))
    y = np.array([themes.index(label) for label in labels])
    if np.bincount(y).min() < 10:
        raise SystemExit("Every theme needs ten texts at least.")
    encoder = load(options.models)
    vectors = np.concatenate([encoder.encode([text]) for text in track(texts, "encoding", console=console)])
    by_slug = {words.slug: words for words in shipped()}
    inputs = Inputs(texts, vectors, [by_slug.get(slug, ThemeWords(slug, slug)) for slug in themes])
    with console.status("cross-validating"):
        p = cross_validated(inputs, y, len(themes))
    metrics: dict[str, Any] = measures.summary(themes, p, y)
    print(json.dumps(metrics, indent=1))  # noqa: T201
    if options.only_measure:
        return
    metrics["strangeness_of_unseen"] = measures.strangeness_of_unseen(p)
    kept = ground.learned(vectors, y, p.max(1), np.arange(len(y)))
    if kept:
        metrics["ground"] = encoder.version
    with console.status("fitting"):
        head = fit(inputs, y, len(themes), np.arange(len(y)))
    sheet.write(
        options.out,
        "text",
        packed(head.table, head.weight, head.bias) | (kept.arrays if kept else {}),
        name="theme-text",
        version=options.version,
        encoder=encoder.version,
        themes=tuple(themes),
        thresholds=measures.thresholds(p.max(1), p.argmax(1) == y),
        made_by=f"engagement/themes/train_texts.py, {datetime.now(UTC):%Y-%m-%d}",
        data=options.data,
        metrics=metrics,
        prior=tuple(round(float(share), 5) for share in np.bincount(y) / len(y)),
    )


def read(path: Path, text: str, label: str) -> tuple[list[str], list[str]]:
    """The texts and labels of a CSV file with a header; rows without a label are passed over."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = [(row[text] or "", (row[label] or "").strip()) for row in csv.DictReader(file)]
    return [t for t, value in rows if value], [value for _, value in rows if value]


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engagement.themes.train_texts", description=__doc__)
    parser.add_argument("--csv", type=Path, required=True)
    parser.add_argument("--text", default="text")
    parser.add_argument("--label", default="theme")
    parser.add_argument("--models", type=Path, default=Path("var/models"))
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--version", default="1")
    parser.add_argument("--data", default="texts of one's own")
    parser.add_argument("--only-measure", action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
