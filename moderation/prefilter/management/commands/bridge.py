"""Learn the map from an old encoder's vectors to the present one's, and say what it costs a head."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import track

from featurestore.bridge import files
from featurestore.bridge.fit import fit
from featurestore.bridge.loss import loss
from featurestore.encoders.base import ModelMissing
from moderation.intake.bad_file import BadFile
from moderation.prefilter.data_options import add_data_options, items_of
from moderation.prefilter.evaluation import CannotEvaluate
from moderation.prefilter.pairs import REHEARSALS, held, read_both, readers


class Command(BaseCommand):
    help = (
        "Learn a bridge from the encoder in --old-models to the one in MODELS_DIR, on labelled pictures or texts that "
        "both read. Prints what a head loses on bridged features. The data options are those of evaluate."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        add_data_options(parser)
        parser.add_argument("--old-models", type=Path, help="the MODELS_DIR in which the old encoder lies")
        parser.add_argument("--rehearse", choices=REHEARSALS, help="pretend an old picture encoder; nothing is saved")
        parser.add_argument("--held", type=int, default=0, metavar="N", help="also the N newest pictures in the house")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(stderr=True)
        kind = "text" if options["csv"] else "image"
        try:
            old_version, old, new_version, new = readers(kind, options["old_models"], options["rehearse"])
            items = items_of(options)
        except (CannotEvaluate, ModelMissing) as error:
            raise CommandError(str(error)) from error
        y: list[str] = []
        x_old, x_new = [], []
        for item in track(items, "reading", console=console, transient=True):
            try:
                part = item.open()
            except (BadFile, OSError) as error:
                console.print(f"left out: {item.name}: {error}", markup=False)
                continue
            x_old.append(old(part))
            x_new.append(new(part))
            y.append("yes" if item.positive else "no")
        more = None
        if options["held"] and kind == "image":
            more_old, more_new = read_both(held(options["held"]), old, new)
            more = (more_old, more_new) if len(more_old) else None
        try:
            found = loss(np.stack(x_old), np.stack(x_new), np.array(y), more)
            everything = (x_old, x_new) if more is None else ([*x_old, *more[0]], [*x_new, *more[1]])
            bridge = fit(old_version, new_version, np.stack(everything[0]), np.stack(everything[1]))
        except ValueError as error:
            raise CommandError(f"{error}.") from error
        saved = None if options["rehearse"] else files.save(bridge, found.as_dict())
        report = {
            "old": old_version,
            "new": new_version,
            "pairs": bridge.pairs,
            "ridge": bridge.ridge,
            "error": bridge.error,
            "head": found.as_dict(),
        }
        if options["json"]:
            self.stdout.write(json.dumps(report))
            return
        self.stdout.write(
            f"{old_version} -> {new_version}: {bridge.pairs} pairs, {bridge.error:.1%} of the variance is lost\n"
            f"accuracy of a head on {found.n} unseen: old {found.old:.4f}, new {found.new:.4f}, "
            f"new asked bridged {found.asked:.4f}, taught bridged {found.taught:.4f}\n"
            f"lost where bridged vectors are asked: {found.loss_asked}\n"
            f"lost where bridged vectors are taught: {found.loss_taught}\n"
            f"taught bridged against the old head: {found.gain_over_old}\n" + (f"saved: {saved}" if saved else "")
        )
