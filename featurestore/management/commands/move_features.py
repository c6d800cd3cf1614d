"""manage.py move_features SOURCE TARGET: copy everything from one backend to another, and compare."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from featurestore.store import BACKENDS, open_store
from featurestore.store.moving import Moved, Progress, compare, move
from featurestore.store.sealing import compact


class Command(BaseCommand):
    help = (
        "Copy all features and labels from one backend to another. A run that was cut off goes on where it was. "
        "In the end both are read again and compared; only then set FEATURESTORE."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", choices=BACKENDS)
        parser.add_argument("target", choices=BACKENDS)
        parser.add_argument("--restart", action="store_true", help="begin from the start, whatever was done already")
        parser.add_argument(
            "--remove-strangers",
            action="store_true",
            help="delete from the target what the source does not have (forgotten since, or never there)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        names = options["source"], options["target"]
        self.started, self.said = time.perf_counter(), 0.0
        if names[0] == names[1]:
            raise CommandError("source and target are the same")
        if set(names) != {"database", "segments"}:  # segments are written from the database, where all is already
            self._move(*names, options["restart"], options["remove_strangers"])
        elif names[1] == "database":
            self.stdout.write("nothing to move: what lies in segments is in the database too")
        if names[1] == "segments":
            done = compact()
            self.stdout.write(f"sealed: {done.features:,} features and {done.labels:,} labels in segments")

    def _move(self, source: str, target: str, restart: bool, remove_strangers: bool) -> None:
        stores = open_store(source), open_store(target)
        self.total = sum(stores[0].stats().features.values())
        progress = Progress(settings.VAR / "moves" / f"{source}-{target}.json")
        if restart:
            progress.forget()
        moved = move(*stores, progress, self._progress)
        self._say(moved, "\n")
        found = compare(*stores, remove_strangers)
        if not found.same:
            raise CommandError(
                f"not the same: of {found.features:,} features {found.missing:,} are missing and {found.different:,} "
                f"differ in {target}, which has {found.strangers:,} that {source} has not. What came since is taken "
                f"over by --restart, what was forgotten since is deleted by --remove-strangers."
            )
        progress.forget()
        self.stdout.write(f"compared: {found.features:,} features and {found.labels:,} labels are the same in {target}")

    def _progress(self, moved: Moved) -> None:
        if time.perf_counter() - self.said > 1:
            self.said = time.perf_counter()
            self._say(moved, "\r" if self.stdout.isatty() else "\n")

    def _say(self, moved: Moved, end: str) -> None:
        seconds = time.perf_counter() - self.started
        self.stdout.write(
            f"{moved.features:,} of {self.total:,} features, {moved.labels:,} labels, {seconds:.0f} s", ending=end
        )
