"""Measures text, picture and both together on figures of which pictures and a name exist; nothing is written.

    python -m engagement.themes.measure_fusion --images FOLDER … --names FILE.csv --csv TEXTS.csv --text COL --label COL
        [--shipped] [--models var/models]

`--names` (columns file, figure, name) says for each picture who it shows (all suits of one hero are one figure) and
the words that stand beside it. Whoever is measured was never seen: the picture head is cross-validated by figure, and
the text head learns only from texts that share no longer word with any of the names. `--shipped` takes the shipped text
head instead, which may know the names. The words of the taxonomy are used as they are.
"""

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console
from rich.progress import track

from engagement.themes import measures
from engagement.themes.fit_pictures import WAYS, Data, cross_validated
from engagement.themes.fit_text import fit
from engagement.themes.fusion import Said, fuse
from engagement.themes.lexicon import ThemeWords, shipped, tokens
from engagement.themes.picture_head import seen
from engagement.themes.text_head import Inputs, TextHead
from engagement.themes.train_texts import WEIGHTS, read
from featurestore.encoders import image, text

LONG = 4  # letters from which on a word of a name is one that no text to learn from may have
GIVEN_UP = (0.0, 0.05, 0.1, 0.2, 0.3)


def main(arguments: list[str]) -> None:
    options = _options(arguments)
    with options.names.open(newline="", encoding="utf-8") as file:
        names = {row["file"]: (row["figure"], row["name"]) for row in csv.DictReader(file)}
    console, encoder = Console(stderr=True), image.load(options.models, options.encoder)
    vectors, theme, kind, figure, words = [], [], [], [], []
    for number, root in enumerate(options.images):
        for path in track(sorted(root.glob("*/*")), str(root), console=console):
            slug = path.parent.name
            if path.name in names and (not options.themes or slug in options.themes):
                with Image.open(path) as picture:
                    vectors.append(seen(encoder, [picture.convert("RGB")], options.encoder)[0])
                theme.append(slug)
                kind.append(number)
                figure.append(f"{slug}/{names[path.name][0]}")
                words.append(names[path.name][1])
    known = sorted(set(theme))
    data = Data(
        np.stack(vectors),
        np.array([known.index(slug) for slug in theme]),
        np.array(kind),
        np.unique(figure, return_inverse=True)[1],
    )
    way = next(one for one in WAYS if one.encoder == options.encoder)
    pictures = Said(known, np.full(len(known), 1 / len(known)), cross_validated(data, len(known), way=way))
    texts = _texts(options, words, console)
    report = {}
    for number, root in enumerate(options.images):
        rows = np.flatnonzero(data.kind == number)
        truth = [theme[i] for i in rows]
        there, seen_ = _cut(texts, rows), _cut(pictures, rows)
        report[root.name] = {
            "text": figures([there], truth),
            "picture": figures([seen_], truth),
            "both": figures([there, seen_], truth),
            "both, every second text missing": figures([_holes(there), seen_], truth),
        }
    print(json.dumps(report, indent=1))  # noqa: T201


def figures(parts: list[Said], truth: list[str]) -> dict[str, Any]:
    """Accuracy, calibration, and how often answers are right when the least sure share of them is not given."""
    themes, p = fuse(parts)
    y = np.array([themes.index(slug) for slug in truth])
    top, right = p.max(1), p.argmax(1) == y
    return {
        "n": len(y),
        "accuracy": round(float(right.mean()), 4),
        "calibration_error": round(measures.calibration_error(top, right), 4),
        "calibration_error_by_chance": measures.error_by_chance(top),
        "mean_probability": round(float(top.mean()), 4),
        "right_after_giving_up": {
            f"{share:.2f}": round(measures.after_abstaining(top, right, share), 4) for share in GIVEN_UP
        },
    }


def _texts(options: argparse.Namespace, words: list[str], console: Console) -> Said:
    """What a text head says of the names."""
    encoder = text.load(options.models)
    vectors = encoder.encode(words)
    if options.shipped:
        head = TextHead(WEIGHTS, encoder.version)
        return Said(head.sheet.themes, np.array(head.sheet.prior), head.score(words, vectors))
    taken = {token for name in set(words) for token in tokens(name) if len(token) >= LONG}
    rows = [(said, of) for said, of in zip(*read(options.csv, options.text, options.label), strict=True)]
    rows = [(said, of) for said, of in rows if not taken & set(tokens(said))]
    themes = sorted({of for _, of in rows})
    by_slug = {theme.slug: theme for theme in shipped()}
    known = [by_slug.get(slug, ThemeWords(slug, slug)) for slug in themes]
    learned = [said for said, _ in rows]
    inputs = Inputs(
        [*learned, *words],
        np.concatenate([*(encoder.encode([one]) for one in track(learned, "encoding", console=console)), vectors]),
        known,
    )
    y = np.array([themes.index(of) for _, of in rows] + [0] * len(words))
    fitted = fit(inputs, y, len(themes), np.arange(len(rows)))
    p = fitted.score(inputs, np.arange(len(rows), len(rows) + len(words)))
    return Said(themes, np.bincount(y[: len(rows)]) / len(rows), p)


def _cut(said: Said, rows: NDArray[np.intp]) -> Said:
    return Said(said.themes, said.prior, said.p[rows], said.weight)


def _holes(said: Said) -> Said:
    p = said.p.copy()
    p[::2] = np.nan
    return Said(said.themes, said.prior, p, said.weight)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engagement.themes.measure_fusion", description=__doc__)
    parser.add_argument("--images", type=Path, nargs="+", required=True)
    parser.add_argument("--themes", nargs="+", default=[])
    parser.add_argument("--names", type=Path, required=True)
    parser.add_argument("--csv", type=Path, required=True)
    parser.add_argument("--text", required=True)
    parser.add_argument("--label", required=True)
    parser.add_argument("--encoder", choices=("image", "subject"), default="subject")
    parser.add_argument("--shipped", action="store_true")
    parser.add_argument("--models", type=Path, default=Path("var/models"))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
