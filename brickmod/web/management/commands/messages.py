"""Bring the catalogues in locale/ up to what the sources say, and compile them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from brickmod.web import catalogues


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("languages", nargs="*", help="e.g. fr; none: all that are translated into")

    def handle(self, *args: Any, **options: Any) -> None:
        for line in catalogues.update(options["languages"] or catalogues.LANGUAGES):
            self.stdout.write(line)
