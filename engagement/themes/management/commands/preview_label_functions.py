"""Show what the labelling functions would say of a file of texts, before anything is learned from them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.table import Table

from engagement.themes.functions import functions
from engagement.themes.train_texts import read
from engagement.themes.voting import Example, votes
from engagement.themes.weak import combined, preview


class Command(BaseCommand):
    help = "Coverage, overlaps, conflicts and precision of every labelling function, and of all of them together."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--csv", type=Path, required=True, help="a file with a header, in UTF-8")
        parser.add_argument("--text", required=True, help="column of the text")
        parser.add_argument("--label", help="column of the theme that people gave; without it no precision is known")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        slugs, rules = functions()
        try:
            texts, labels = read(options["csv"], options["text"], options["label"] or options["text"])
        except (OSError, KeyError) as error:
            raise CommandError(f"{options['csv']} cannot be read so: {error}.") from error
        truth = None
        if options["label"]:
            truth = np.array([slugs.index(label) if label in slugs else -1 for label in labels], np.intp)
        said = votes(rules, [Example(text) for text in texts])
        rows = preview(rules, said, truth)
        chance = combined(said, len(slugs))
        spoke = chance.sum(1) > 0
        together: dict[str, Any] = {"texts": len(texts), "coverage": float(spoke.mean()), "accuracy": None}
        if truth is not None and (known := spoke & (truth >= 0)).any():
            together["accuracy"] = float((chance[known].argmax(1) == truth[known]).mean())
        if options["json"]:
            self.stdout.write(json.dumps({"functions": rows, "together": together}))
            return
        table = Table("function", "covers", "with others", "against others", "right")
        for row in rows:
            if row["coverage"]:
                right = "" if row["precision"] is None else f"{row['precision']:.2f} of {row['checked']}"
                table.add_row(
                    row["name"], *(f"{row[name]:.3f}" for name in ("coverage", "overlaps", "conflicts")), right
                )
        Console().print(table)
        self.stdout.write(json.dumps(together))
