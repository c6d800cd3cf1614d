"""Say what it costs a head that the store keeps half the digits of a vector."""

import json
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import track

from featurestore.bridge.loss import SHARES, difference, head, parts
from moderation.intake.bad_file import BadFile
from moderation.prefilter.data_options import add_data_options, items_of
from moderation.prefilter.evaluation import CannotEvaluate
from moderation.prefilter.labelled import encode


class Command(BaseCommand):
    help = (
        "Train a head on float32 vectors and one on the same vectors as the store keeps them (float16), and compare "
        "their accuracy on unseen items. The data options are those of evaluate."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        add_data_options(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(stderr=True)
        rows, labels = [], []
        try:
            items = items_of(options)
        except CannotEvaluate as error:
            raise CommandError(str(error)) from error
        for item in track(items, "encoding", console=console, transient=True):
            try:
                rows.append(encode(item.open())[0][2])
            except (BadFile, OSError) as error:
                console.print(f"left out: {item.name}: {error}", markup=False)
                continue
            labels.append("yes" if item.positive else "no")
        y = np.array(labels)
        values, counts = np.unique(y, return_counts=True)
        if len(values) < 2 or counts.min() < SHARES:
            raise CommandError(f"At least {SHARES} items of each label are needed.")
        wide = np.stack(rows)
        narrow = wide.astype(np.float16).astype(np.float32)
        part = parts(y, seed=0)
        right = {name: np.zeros(len(y), bool) for name in ("float32", "float16")}
        for share in track(range(SHARES), "training", console=console, transient=True):
            rest, exam = part != share, part == share
            for name, x in (("float32", wide), ("float16", narrow)):
                right[name][exam] = head(x[rest], y[rest])(x[exam]) == y[exam]
        lost = difference(right["float32"], right["float16"])
        report = {
            "n": len(y),
            "float32": float(right["float32"].mean()),
            "float16": float(right["float16"].mean()),
            "lost_points": 100 * lost.value,
            "low": 100 * lost.low,
            "high": 100 * lost.high,
        }
        if options["json"]:
            self.stdout.write(json.dumps(report))
            return
        self.stdout.write(
            f"accuracy on {report['n']} unseen items: "
            f"float32 {report['float32']:.4f}, float16 {report['float16']:.4f}\n"
            f"lost: {report['lost_points']:+.3f} points [{report['low']:+.3f}, {report['high']:+.3f}]"
        )
