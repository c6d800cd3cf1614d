"""Makes the face detector's second look (head.onnx, head.json) from folders of pictures.

    python -m moderation.detectors.face.train --people DIR … --figures DIR … [--copies 60] [--models var/models]

`--people`: photos on which every face that CenterFace finds is a person's. `--figures`: photos of figures, without
people. Use only pictures whose licence lets the head be given away. Prints what heads of a grouped cross-validation
(no picture on both sides) said of pictures that they had not seen.
"""

import argparse
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track

from featurestore.encoders.image import load
from featurestore.heads.write import write_logistic
from moderation.detectors.face.centerface import CenterFace
from moderation.detectors.face.training.examples import Cutter, Example, textures
from moderation.detectors.face.training.fit import fit

HERE = Path(__file__).resolve().parent
SEED = 7
THRESHOLD = 0.4  # wide of every figure that was not trained on (highest 0.28), near to the faintest faces


def main(arguments: list[str]) -> None:
    options = _options(arguments)
    console = Console(stderr=True)
    encoder, finder, rng = load(options.models), CenterFace(options.models), np.random.default_rng(SEED)
    per_figure = max(1, options.copies // 5)
    with console.status("cutting out"):
        cutter = Cutter(finder, textures(options.figures, 400, rng), rng)
        examples = [*cutter.of_people(options.people, options.copies), *cutter.of_figures(options.figures, per_figure)]
    if not any(e.is_face for e in examples) or all(e.is_face for e in examples):
        raise SystemExit("There must be faces in --people and candidates in --figures.")
    vectors = np.concatenate(
        [encoder.encode([e.crop]) for e in track(examples, "encoding", console=console)]  # one by one, to show progress
    )
    truth = np.array([e.is_face for e in examples])
    head, unseen = fit(vectors, truth, np.array([e.source for e in examples]))
    metrics = figures(examples, unseen)
    write_logistic(
        options.out,
        head.weight,
        head.bias,
        {
            "task": "face",
            "version": options.version,
            "encoder": encoder.version,
            "threshold": THRESHOLD,
            "made_by": f"moderation/detectors/face/train.py --copies {options.copies}, {datetime.now(UTC):%Y-%m-%d}",
            "data": options.data,
            "metrics": metrics,
        },
    )
    for name, value in metrics.items():
        console.print(f"{name}: {value}")


def figures(examples: list[Example], unseen: np.ndarray) -> dict[str, Any]:
    """Cross-validated figures: of crops as they are, of changed ones, and of whole pictures (likeliest crop)."""
    plain, truth = np.array([e.plain for e in examples]), np.array([e.is_face for e in examples])

    def share(mask: np.ndarray) -> str:
        return f"{int((unseen[mask] >= THRESHOLD).sum())} of {int(mask.sum())}"

    def of_pictures(faces: bool) -> str:
        best: dict[str, float] = {}
        for example, score in zip(examples, unseen, strict=True):
            if example.plain and example.is_face == faces:
                best[example.source] = max(best.get(example.source, 0.0), float(score))
        return f"{sum(score >= THRESHOLD for score in best.values())} of {len(best)}"

    return {
        "faces found": share(plain & truth),
        "faces found, changed": share(~plain & truth),
        "figures taken for faces": share(plain & ~truth),
        "figures and background taken for faces, changed": share(~plain & ~truth),
        "pictures with a candidate that is a face, found": of_pictures(True),
        "pictures with a candidate that is a figure, taken for faces": of_pictures(False),
        "lowest face": round(float(unseen[plain & truth].min(initial=1.0)), 3),
        "highest figure": round(float(unseen[plain & ~truth].max(initial=0.0)), 3),
    }


def _options(arguments: Iterable[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="train", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--people", type=Path, nargs="+", required=True)
    parser.add_argument("--figures", type=Path, nargs="+", required=True)
    parser.add_argument("--copies", type=int, default=60, help="random variants of each face")
    parser.add_argument("--models", type=Path, default=Path("var/models"))
    parser.add_argument("--out", type=Path, default=HERE)
    parser.add_argument("--version", default="1")
    parser.add_argument("--data", default="", help="what the pictures are and their licences, for head.json")
    return parser.parse_args(list(arguments))


if __name__ == "__main__":
    main(sys.argv[1:])
