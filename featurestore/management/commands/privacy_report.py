"""Attacks the store's own kind of vectors, and says what an attacker learns."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from featurestore.privacy import words
from featurestore.privacy.report import QUICK, Effort, build


class Command(BaseCommand):
    help = "Measures linkage, attribute and membership inference, and inversion, with and without the options."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one object and nothing else")
        parser.add_argument("--seed", type=int, default=1, help="the first of the seeds")
        parser.add_argument("--seeds", type=int, help=f"how many, {Effort().seeds} if it is not said")
        parser.add_argument("--quick", action="store_true", help="one seed and little effort, to see that it works")

    def handle(self, **options: Any) -> None:
        say = (lambda text: None) if options["json"] else (lambda text: print(f"{text} …", file=sys.stderr))  # noqa: T201
        effort = QUICK if options["quick"] else Effort()
        if options["seeds"]:
            effort = replace(effort, seeds=options["seeds"])
        report = build(effort, options["seed"], say)
        report |= {"made_at": timezone.now().isoformat(), "findings": words.findings(report)}
        report["unsafe"] = words.unsafe(report)
        file = Path(settings.PRIVACY_FOLDER) / "report.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".draft")
        draft.write_text(json.dumps(report))
        draft.replace(file)
        if options["json"]:
            self.stdout.write(json.dumps(report))
            return
        for line in report["findings"]:
            self.stdout.write(f"- {line}")
        self.stdout.write("\nNot safe:")
        for line in report["unsafe"]:
            self.stdout.write(f"- {line}")
        seeds = ", ".join(map(str, report["seeds"]))
        self.stdout.write(f"\nSeeds {seeds}; {report['seconds']:.0f} s, {report['cpu_seconds']:.0f} s of a core.")
        self.stdout.write(f"All figures: /privacy/, or {file}")
