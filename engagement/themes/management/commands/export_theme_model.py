"""Make a model of the themes for a device: distilled, quantised, measured against the server's, under a budget."""

import json
from argparse import ArgumentTypeError
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console

from engagement.themes import measures, sheet
from engagement.themes.device import budget, distilling, teaching
from engagement.themes.device.pictures import Pictures, read
from engagement.themes.finetune.backbones import BACKBONES
from engagement.themes.finetune.recipe import Recipe
from engagement.themes.finetune.shards import BrokenShards
from engagement.themes.network_head import KIND, NetworkHead
from engagement.themes.picture_head import logits, seen
from engagement.themes.text_head import softmax
from featurestore.encoders import image_encoder
from featurestore.encoders.base import ModelMissing


class Command(BaseCommand):
    help = (
        "Teach a small network what the server says of pictures, in eight bits and one ONNX file under a budget, and "
        "measure both on figures that neither has seen."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--images", type=Path, nargs="+", required=True, help="folders of theme folders, or shards")
        parser.add_argument("--budget", type=_size, default=_size("3.5MB"), help="largest file (3.5MB)")
        parser.add_argument("--out", type=Path, default=Path(settings.VAR) / "device", help="folder of the result")
        parser.add_argument("--themes", nargs="+", default=[], help="only these")
        parser.add_argument("--student", choices=list(BACKBONES), default="efficientnet-lite0")
        parser.add_argument("--weights", default="", help="a file of weights, for a student that no package carries")
        parser.add_argument("--teacher", type=Path, help="folder with heads; without it the server's is learned anew")
        parser.add_argument("--side", type=int, default=160, help="pixels that the network sees (160)")
        parser.add_argument("--epochs", type=float, default=12, help="how often each picture is seen (12)")
        parser.add_argument("--rate", type=float, default=1.5e-3, help="learning rate of the last layer (0.0015)")
        parser.add_argument("--folds", type=int, default=3, help="parts of the figures, each left out once (3)")
        parser.add_argument("--threads", type=int, default=1)
        parser.add_argument("--data", default="pictures of one's own", help="whence they are, and their licence")
        parser.add_argument("--only-measure", action="store_true", help="write no file")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(stderr=True)
        recipe = Recipe(
            backbone=options["student"],
            weights=options["weights"],
            side=options["side"],
            epochs=options["epochs"],
            rate=options["rate"],
            batch=16,
            threads=options["threads"],
        )
        try:
            budget.check_possible(recipe.backbone, distilling.numbers(recipe, 2), options["budget"])
            pictures = read(options["images"], options["themes"])
            told = self._made(pictures, recipe, options, console)
        except (budget.TooLarge, BrokenShards, ModelMissing, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(told, indent=1))

    def _made(self, pictures: Pictures, recipe: Recipe, options: dict[str, Any], console: Console) -> dict[str, Any]:
        console.print(f"{len(pictures.kept)} pictures of {len(set(pictures.figure.tolist()))} figures")
        anew = None
        teacher: distilling.Teacher
        if options["teacher"]:
            teacher = teaching.Served(options["teacher"], pictures)
        else:
            teacher = anew = teaching.LearnedAnew(teaching.data_of(pictures), len(pictures.themes))
        limit = options["budget"]
        found = distilling.cross_validated(pictures, teacher, recipe, limit, options["folds"], console.print)
        t = distilling.temperature(found, pictures.theme)
        told: dict[str, Any] = {
            "budget": limit,
            "themes": pictures.themes,
            "student": recipe.backbone,
            "side": recipe.side,
            "teacher": str(options["teacher"] or "learned anew"),
            "way": found.way,
            "temperature": round(t, 3),
            "measured": distilling.report(pictures, found, t),
        }
        if options["only_measure"]:
            return told
        console.print("learning from all of them")
        best = distilling.whole(pictures, teacher, recipe, limit, options["out"], t)
        p = distilling.calmed(found.device, t)
        made = sheet.keep(
            options["out"],
            KIND,
            ".onnx",
            best.raw,
            name="theme-picture-device",
            version=datetime.now(UTC).strftime("%Y-%m-%d"),
            encoder=recipe.backbone,
            themes=pictures.themes,
            thresholds=measures.thresholds(p.max(1), p.argmax(1) == pictures.theme),
            made_by="manage.py export_theme_model",
            data=options["data"],
            metrics=told,
            prior=tuple(np.round(np.bincount(pictures.theme) / len(pictures.theme), 5).tolist()),
        )
        told |= {"file": str(options["out"] / f"{KIND}.onnx"), "sha256": made.sha256, "bytes": len(best.raw)}
        told |= {"quantised": best.way, "agreement_with_floats": round(best.agreement, 4)}
        return told | {"ms_per_picture": _times(options["out"], pictures, anew)}


def _times(out: Path, pictures: Pictures, anew: teaching.LearnedAnew | None) -> dict[str, float]:
    """Of device and server, measured here on the same pictures, on one thread."""
    rows = np.random.default_rng(7).permutation(len(pictures.kept))[: distilling.TIMED].tolist()
    found = {"device": distilling.milliseconds(NetworkHead(out).look, pictures, rows)}
    if anew is not None:
        head, encoder = anew.head(np.arange(len(pictures.kept))), image_encoder()
        found["server"] = distilling.milliseconds(
            lambda one: softmax(logits(head, seen(encoder, [one]))), pictures, rows
        )
    return found


def _size(text: str) -> int:
    try:
        return budget.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error
