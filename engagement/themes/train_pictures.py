"""Makes the picture head of the themes (weights/image.npz, image.json) from folders of pictures, one folder a theme.

    python -m engagement.themes.train_pictures --images FOLDER … [--themes SLUG …] [--figures FILE.csv]
        [--models var/models] [--out FOLDER] [--data "whence, licence"] [--only-measure] [--curve]
        [--draw FILE.svg] [--encoders image subject]

Each folder after --images is a kind of picture (a catalogue's, a phone's). Pictures whose names differ in their last
number alone (wizard_01_3.jpg, wizard_01_4.jpg) are of one figure and never part; `--figures` (columns file, figure)
says it where names do not, and then across kinds too: give all suits of one hero one name, or the figures below are of
heroes that the head knows. Prints what heads said of figures that they had not seen. Use only pictures whose licence
lets the head be given away.
"""

import argparse
import csv
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from rich.console import Console
from rich.progress import track

from engagement.themes import curve, ground, measures, sheet
from engagement.themes.fit_pictures import WAYS, Data, cross_validated, fit, learning_curve, repeated
from engagement.themes.picture_head import VIEWS, seen
from engagement.themes.train_texts import WEIGHTS
from engagement.themes.views import NAMES
from featurestore.encoders.image import load

LEAST_FIGURES = 5  # a theme of fewer figures would be learned as those figures
_LAST = re.compile(r"(?<=\d)_\d+$")


def main(arguments: list[str]) -> None:
    options = _options(arguments)
    console = Console(stderr=True)
    encoders = {which: load(options.models, which) for which in options.encoders}
    figures = _figures(options.figures)
    vectors: dict[str, list[NDArray[np.float32]]] = {which: [] for which in encoders}
    theme, kind, figure = [], [], []
    for number, root in enumerate(options.images):
        for path in track(sorted(root.glob("*/**/*")), str(root), console=console):
            slug = path.relative_to(root).parts[0]
            if path.is_file() and (not options.themes or slug in options.themes):
                try:
                    with Image.open(path) as file:
                        picture = file.convert("RGB")
                except UnidentifiedImageError:
                    continue
                for which, encoder in encoders.items():
                    vectors[which].append(seen(encoder, [picture], which)[0])
                theme.append(slug)
                kind.append(number)
                known = figures.get(path.name)
                figure.append(f"{slug}/{known}" if known else f"{number}/{slug}/{figure_name(path.stem)}")
    enough = {t for t in set(theme) if len({f for f, s in zip(figure, theme, strict=True) if s == t}) >= LEAST_FIGURES}
    if len(enough) < 2:
        raise SystemExit(f"At least two themes with pictures of {LEAST_FIGURES} figures are needed.")
    if left := sorted(set(theme) - enough):
        console.print(f"left out, too few figures: {', '.join(left)}")
    kept = np.array([i for i, slug in enumerate(theme) if slug in enough])
    themes = sorted(enough)
    labels = (
        np.array([themes.index(theme[i]) for i in kept]),
        np.array([kind[i] for i in kept]),
        np.unique(np.array(figure)[kept], return_inverse=True)[1],
    )
    datas = {which: Data(np.stack(rows)[kept], *labels) for which, rows in vectors.items()}
    tried = {way: cross_validated(datas[way.encoder], len(themes), way=way) for way in WAYS if way.encoder in datas}
    way = max(tried, key=lambda one: _mean_f1(themes, tried[one], datas[one.encoder]))
    p, data = tried[way], datas[way.encoder]
    metrics: dict[str, Any] = {"encoder": way.encoder, "views": [NAMES[VIEWS[way.encoder][at]] for at in way.views]}
    for number, root in enumerate(options.images):
        if not len(rows := np.flatnonzero(data.kind == number)):
            continue
        draws = repeated(data, len(themes), number, way=way)
        metrics[root.name] = measures.summary(themes, p[rows], data.theme[rows]) | {
            "interval": _interval(p[rows].argmax(1) == data.theme[rows], data.figure[rows]),
            "calibration_error_by_chance": measures.error_by_chance(p[rows].max(1)),
            "a_quarter_left_out": [round(float(np.mean(draws)), 4), round(float(np.std(draws)), 4)],
        }
    if options.curve:
        last = len(options.images) - 1
        most = min(len(np.unique(data.figure[(data.kind == last) & (data.theme == t)])) for t in np.unique(data.theme))
        sizes = [size for size in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64) if size <= most - max(1, most // 5)]
        metrics["learning_curve"] = learning_curve(data, len(themes), last, sizes, way=way)
        if options.draw:
            title = f"Accuracy on unseen figures of {options.images[last].name.replace('_', ' ')}"
            options.draw.write_text(curve.svg(metrics["learning_curve"], title, options.goal))
    print(json.dumps(metrics, indent=1))  # noqa: T201
    if options.only_measure:
        return
    metrics["strangeness_of_unseen"] = measures.strangeness_of_unseen(p)
    base = None
    if "image" in datas:
        whole = datas["image"].vectors[:, 0]
        base = ground.learned(whole, data.theme, p.max(1), data.figure)
    if base:
        metrics["ground"] = encoders["image"].version
    sheet.write(
        options.out,
        "image",
        {
            name: array.astype(np.float16 if name == "means" else np.float32)
            for name, array in fit(data, len(themes), way=way).items()
        }
        | (base.arrays if base else {}),
        name="theme-picture",
        version=options.version,
        encoder=encoders[way.encoder].version,
        themes=tuple(themes),
        thresholds=measures.thresholds(p.max(1), p.argmax(1) == data.theme),
        made_by=f"engagement/themes/train_pictures.py, {datetime.now(UTC):%Y-%m-%d}",
        data=options.data,
        metrics=metrics,
        prior=(round(1 / len(themes), 5),) * len(themes),
    )


def figure_name(stem: str) -> str:
    """wizard_01_3 and wizard_01_4 show the same figure, wizard_01."""
    return _LAST.sub("", stem)


def _mean_f1(themes: list[str], p: NDArray[np.float64], data: Data) -> float:
    """Kinds count alike, whatever the number of their pictures."""
    kinds = [np.flatnonzero(data.kind == kind) for kind in np.unique(data.kind)]
    return float(np.mean([measures.summary(themes, p[rows], data.theme[rows])["macro_f1"] for rows in kinds]))


def _interval(right: NDArray[np.bool_], figure: NDArray[np.intp], draws: int = 2000) -> list[float]:
    """95 % interval of accuracy when figures are drawn anew: pictures of one figure are right or wrong together."""
    rng = np.random.default_rng(7)
    _, index = np.unique(figure, return_inverse=True)
    hit, of = np.bincount(index, weights=right), np.bincount(index)
    drawn = rng.integers(0, len(of), (draws, len(of)))
    return [round(float(edge), 3) for edge in np.quantile(hit[drawn].sum(1) / of[drawn].sum(1), (0.025, 0.975))]


def _figures(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {row["file"]: row["figure"] for row in csv.DictReader(file)}


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engagement.themes.train_pictures", description=__doc__)
    parser.add_argument("--images", type=Path, nargs="+", required=True)
    parser.add_argument("--themes", nargs="+", default=[])
    parser.add_argument("--figures", type=Path)
    parser.add_argument("--models", type=Path, default=Path("var/models"))
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--version", default="1")
    parser.add_argument("--data", default="pictures of one's own")
    parser.add_argument("--only-measure", action="store_true")
    parser.add_argument("--curve", action="store_true")
    parser.add_argument("--encoders", nargs="+", choices=sorted(VIEWS), default=sorted(VIEWS), help="which to try")
    parser.add_argument("--draw", type=Path, help="with --curve: draw it into this SVG")
    parser.add_argument("--goal", type=float, help="a line in the drawing")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
