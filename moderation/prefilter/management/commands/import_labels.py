"""Bring in labels that were given elsewhere: encode the items, write features and labels, keep nothing else."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from rich.console import Console
from rich.progress import track

from featurestore.models import Source
from featurestore.store import get_store
from featurestore.store.base import NewFeature, NewLabel
from moderation.detectors.registry import get_detector
from moderation.feedback.texts import current_policy
from moderation.intake.bad_file import BadFile
from moderation.prefilter.data_options import add_data_options
from moderation.prefilter.evaluation import CannotEvaluate
from moderation.prefilter.labelled import Vector, digest_of, encode, labelled

TASKS = ("face", "nudity", "pii", "profanity", "quality", "theme")
WITH_HEADS = ("face", "profanity")  # what their heads read is written too, so that they can be trained on it
BATCH = 100


class Command(BaseCommand):
    help = (
        "Encode labelled pictures or texts and write them to the feature store, with source import. The data options "
        "are those of evaluate. Nothing that leads back is stored, so a second run writes them a second time."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("task", choices=TASKS, help="what the labels decide")
        add_data_options(parser)
        parser.add_argument("--images", type=Path, help="a folder with one folder for each label")
        parser.add_argument("--spans", type=Path, help="JSON: [{full_text, spans}]; a text with a span is a yes")
        parser.add_argument("--label-studio", type=Path, help="JSON or JSON-MIN export; --text KEY makes it texts")
        parser.add_argument("--cvat", type=Path, help="Datumaro or COCO export, JSON")
        parser.add_argument("--media", type=Path, help="folder with the pictures of such an export")
        parser.add_argument("--market", default="", help="ISO 3166 code of where they are from")
        parser.add_argument("--confidence", type=float, default=1.0, help="how sure these labels are, 0 to 1")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(stderr=True)
        if not 0 < options["confidence"] <= 1:
            raise CommandError("--confidence is above 0 and at most 1.")
        if len(options["market"]) not in (0, 2):
            raise CommandError("--market is a code of two letters.")
        try:
            items, left_out = labelled(options)
        except CannotEvaluate as error:
            raise CommandError(str(error)) from error
        detector = None
        if options["task"] in WITH_HEADS:
            detector = get_detector(options["task"])
            detector.load()
        seen: dict[bytes, str] = {}
        counts: Counter[str] = Counter()
        batch: list[tuple[str, Vector]] = []
        for item in track(items, "encoding", console=console, transient=True):
            try:
                part = item.open()
                digest = digest_of(part)
                if digest in seen:
                    counts["twice" if seen[digest] == item.value else "twice, with another label"] += 1
                    continue
                vectors = encode(part, detector)
            except (BadFile, OSError) as error:
                left_out.append(f"{item.name}: {error}")
                continue
            seen[digest] = item.value
            counts["items"] += 1
            batch += [(item.value, vector) for vector in vectors]
            if len(batch) >= BATCH:
                counts["features"] += self._write(batch, options)
                batch = []
        counts["features"] += self._write(batch, options)
        for line in left_out[:20]:
            console.print(f"left out: {line}", markup=False)
        counts["left out"] = len(left_out)
        if not counts["items"]:
            raise CommandError("Nothing was imported.")
        self.stdout.write(", ".join(f"{count} {what}" for what, count in counts.items() if count))

    @staticmethod
    @transaction.atomic
    def _write(batch: list[tuple[str, Vector]], options: dict[str, Any]) -> int:
        """A batch is whole or not there; what an interrupted run has written stays."""
        today: date = timezone.now().date()
        store = get_store()
        ids = store.put(
            [NewFeature(encoder, view, x, options["market"].upper(), today) for _, (encoder, view, x) in batch]
        )
        labels = [
            NewLabel(id, options["task"], value, Source.IMPORT, current_policy(), today, options["confidence"])
            for id, (value, _) in zip(ids, batch, strict=True)
        ]
        store.label(labels)
        return len(ids)
