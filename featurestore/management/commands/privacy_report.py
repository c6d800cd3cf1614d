"""Attacks the store's own kind of vectors, and says what an attacker learns."""

import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from featurestore.privacy import words
from featurestore.privacy.report import build
from featurestore.privacy.samples import samples


class Command(BaseCommand):
    help = "Measures linkage, attribute and membership inference, and inversion, with and without the options."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one object and nothing else")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--scale", type=float, default=1.0, help="how many pictures and texts, 1: some 300 and 550")

    def handle(self, **options: Any) -> None:
        say = (lambda text: None) if options["json"] else (lambda text: print(f"{text} …", file=sys.stderr))  # noqa: T201
        say("drawing pictures")
        report = build(samples(options["scale"], options["seed"]), options["seed"], say)
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
        self.stdout.write(f"\nSeed {options['seed']}, {report['seconds']:.0f} s. All figures: /privacy/, or {file}")
