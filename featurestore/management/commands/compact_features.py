"""manage.py compact_features [--rebuild]: seal what is new, take out what was forgotten."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from featurestore.store.base import Damaged
from featurestore.store.place import Busy, Place
from featurestore.store.sealing import compact


class Command(BaseCommand):
    help = "Write what is new in the database to sealed segments, and take out of them what was forgotten."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="write all segments anew from the database")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()
        try:
            done = compact(rebuild=options["rebuild"])
        except (Busy, Damaged) as error:
            raise CommandError(str(error)) from None
        place = Place.configured()
        where = place.remote.root if place.remote else place.folder
        self.stdout.write(
            f"{done.features:,} features and {done.labels:,} labels in {done.segments} segments in {where}: "
            f"{done.sealed:,} newly sealed, {done.removed:,} forgotten ones removed, "
            f"{time.perf_counter() - started:.1f} s"
        )
