"""Trains the picture classifier end to end, from shards to an ONNX that the classifier's picture side loads.

    python -m engagement.themes.finetune --shards FOLDER --out FOLDER [--validation FOLDER] [--epochs 5] …
    torchrun --standalone --nproc-per-node gpu -m engagement.themes.finetune --shards FOLDER --out FOLDER …

Started again with the same settings it goes on where it was, whatever ended it. MLflow gets the curves when
MLFLOW_TRACKING_URI (or --mlflow) names one. Needs no database.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from django.conf import settings
from torch import nn

from engagement.themes.finetune import exam, exporting
from engagement.themes.finetune.checkpoint import OtherTraining
from engagement.themes.finetune.curves import Curves
from engagement.themes.finetune.loop import Diverged, Trained, Training
from engagement.themes.finetune.processes import Crew, crew
from engagement.themes.finetune.recipe import Recipe
from engagement.themes.finetune.shards import BrokenShards, Index, read_index
from featurestore.encoders.base import ModelMissing

SAYS = {
    "backbone": "what to start from (backbones.py lists them)",
    "weights": "a file of weights, for a backbone that no package carries",
    "side": "pixels; 0: what the backbone was made for",
    "epochs": "how often each picture is seen",
    "batch": "pictures of one process in one step forward",
    "accumulate": "steps forward in a step of the optimizer",
    "rate": "learning rate of the head",
    "decay": "learning rate of each quarter of the depth, as a part of the next one's",
    "norm": "frozen, batch or auto",
    "augment": "phone or none",
    "precision": "fp32, bf16 or fp16",
    "workers": "loader processes of each process; 0: it loads itself",
    "threads": "threads of each process on a CPU",
    "checkpoint_minutes": "minutes between checkpoints",
}


def main(arguments: Sequence[str]) -> None:
    options = _options(arguments)
    _without_django()
    try:
        recipe = Recipe(**{field.name: getattr(options, field.name) for field in fields(Recipe)})
        index = read_index(options.shards)
        if options.validation:
            train, held_out = index, read_index(options.validation)
        else:
            train, held_out = parted(index)
        options.out.mkdir(parents=True, exist_ok=True)
        with crew(recipe.threads) as us:
            told = run(recipe, train, held_out, options.out, us, Curves(options.out, options.mlflow), options.data)
    except (BrokenShards, ModelMissing, OtherTraining, Diverged, ValueError) as error:
        raise SystemExit(str(error)) from error
    if told:
        print(json.dumps(told, indent=1))  # noqa: T201


def run(
    recipe: Recipe, train: Index, held_out: Index, folder: Path, us: Crew, curves: Curves | None, data: str = ""
) -> dict[str, Any]:
    """Train, examine, export. Returns what is printed; of other processes than the first, nothing."""
    training = Training(recipe, train, folder, us, curves)
    examined: list[exam.Said] = []

    def report(network: nn.Module, step: int) -> dict[str, float]:
        of = exam.said(network, held_out, train.themes, training.side, recipe.batch, us)
        examined.append(of)
        if not len(of.theme):
            return {}
        found, _ = exam.figures(of, train.themes, exam.temperature(of))
        return {f"held_out_{name}": found[name] for name in ("accuracy", "macro_f1", "calibration_error")}

    trained = training.run(report)
    return _export(recipe, train, trained, examined[0], folder, us, data) if us.first else {}


def _export(
    recipe: Recipe, train: Index, trained: Trained, of: exam.Said, folder: Path, us: Crew, data: str
) -> dict[str, Any]:
    t = exam.temperature(of)
    metrics: dict[str, Any] = {"temperature": round(t, 4)}
    thresholds: dict[str, float] = {}
    if len(of.theme):
        summary, thresholds = exam.figures(of, train.themes, t)
        metrics |= summary
    metrics |= {
        "steps": trained.steps,
        "pictures": train.pictures,
        "processes": us.world,
        "pictures_per_second": round(trained.pictures_per_second, 2),
        "waited_for_data": round(trained.starved, 4),
    }
    raw = exporting.to_onnx(trained.network, trained.side, t)
    made = exporting.write(
        folder,
        raw,
        train.themes,
        train.shares(),
        backbone=f"{recipe.backbone}-{trained.weights[:8] or 'scratch'}",
        version=train.digest()[:8],
        thresholds=thresholds,
        metrics=metrics,
        data=data,
        made_by="engagement/themes/finetune",
    )
    return {"onnx": str(folder / "network.onnx"), "sha256": made.sha256, "themes": list(made.themes)} | metrics


def parted(index: Index) -> tuple[Index, Index]:
    """Without shards of their own, the last tenth of the shards (one at least) examines. Better are shards of pictures
    of other figures: those of one figure lie next to each other, and must not be on both sides."""
    if len(index.shards) < 2:
        raise BrokenShards("One shard cannot train and examine: write smaller shards, or give --validation.")
    at = len(index.shards) - max(1, len(index.shards) // 10)
    return index.cut(slice(0, at)), index.cut(slice(at, None))


def _without_django() -> None:
    """On a rented machine there is no database and no secret key: only what MLflow's client reads is set."""
    if not settings.configured and "DJANGO_SETTINGS_MODULE" not in os.environ:
        names = ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")
        settings.configure(**{name: os.environ.get(name, "") for name in names})


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engagement.themes.finetune", description=__doc__)
    parser.add_argument("--shards", type=Path, required=True, help="folder that write_theme_shards wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoint, curve, weights and ONNX")
    parser.add_argument("--validation", type=Path, help="shards of figures that are not in --shards")
    parser.add_argument("--data", default="pictures of one's own", help="whence they are, and their licence")
    parser.add_argument("--mlflow", default=os.environ.get("MLFLOW_TRACKING_URI", ""), help="its address")
    for field in fields(Recipe):
        name = f"--{field.name.replace('_', '-')}"
        parser.add_argument(name, type=type(field.default), default=field.default, help=SAYS.get(field.name))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
