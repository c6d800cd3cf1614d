"""What a head is worth that was made from labelling functions alone: on texts whose theme is known, and not told."""

import json
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import track
from rich.table import Table

from engagement.themes.classifier import words
from engagement.themes.functions import functions
from engagement.themes.lexicon import ThemeWords
from engagement.themes.measuring_weak import measured
from engagement.themes.text_head import Inputs
from engagement.themes.train_texts import read
from engagement.themes.voting import Example, votes
from featurestore.encoders import text_encoder


class Command(BaseCommand):
    help = "Heads from labelling functions alone, round by round, measured on unseen texts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--csv", type=Path, required=True, help="a file with a header, in UTF-8")
        parser.add_argument("--text", required=True, help="column of the text")
        parser.add_argument("--label", required=True, help="column of the theme: to measure with, never to learn from")
        parser.add_argument("--rounds", type=int, default=3)
        parser.add_argument("--folds", type=int, default=5)
        parser.add_argument("--people", type=int, default=0, help="labels a round that somebody puts right")
        parser.add_argument("--half", type=int, choices=(0, 1), help="count only one half of the texts, by checksum")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        slugs, rules = functions()
        try:
            texts, labels = read(options["csv"], options["text"], options["label"])
        except (OSError, KeyError) as error:
            raise CommandError(f"{options['csv']} cannot be read so: {error}.") from error
        if unknown := sorted({label for label in labels if label not in slugs}):
            raise CommandError(f"{unknown[0]!r} is no live theme.")
        truth = np.array([slugs.index(label) for label in labels], np.intp)
        console = Console(stderr=True)
        vectors = np.concatenate([text_encoder().encode([text]) for text in track(texts, "encoding", console=console)])
        by_slug = {theme.slug: theme for theme in words()}
        half = np.array([zlib.crc32(text.encode()) % 2 for text in texts])
        rows = measured(
            Inputs(texts, vectors, [by_slug.get(slug, ThemeWords(slug, slug)) for slug in slugs]),
            votes(rules, [Example(text) for text in texts]),
            truth,
            slugs,
            options["rounds"],
            options["folds"],
            options["people"],
            None if options["half"] is None else half == options["half"],
            lambda says: console.print(says, style="dim"),
        )
        if options["json"]:
            self.stdout.write(json.dumps([asdict(row) for row in rows]))
            return
        table = Table("round", "labels right", "learned from", "people's labels", "macro-F1", "accuracy")
        for row in rows:
            figures = (row.labels, row.learned, row.people, row.macro_f1, row.accuracy)
            table.add_row(str(row.number), *(f"{value:.3f}" if value < 1 else f"{value:.0f}" for value in figures))
        Console().print(table)
