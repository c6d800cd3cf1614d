"""`manage.py demo_past`: what the demo's children published in ten weeks, and what became of it."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from brickmod.access.models import App
from engagement.characters.holding_out import held_out
from engagement.demo import children, past
from engagement.trends.counting import roll_up
from engagement.value.measuring import measure
from featurestore.encoders.base import ModelMissing
from moderation.demo import challenger
from moderation.demo.plan import CLUB


class Command(BaseCommand):
    help = (
        "Loads the demo's past into a database that has the demo: ten weeks of published creations, their mornings, "
        "likes, comments and second looks, and a challenger beside the champion of faces. All of it is invented. A "
        "second run brings in what an interrupted one left out."
    )
    told = 0.0

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=children.DAYS)
        parser.add_argument("--children", type=int, default=children.CHILDREN)

    def handle(self, *args: Any, **options: Any) -> None:
        app = App.objects.filter(slug=CLUB).first()
        if app is None:
            raise CommandError("There is no demo here: run `manage.py demo` first.")
        started = self.told = time.monotonic()
        head = challenger.plant()
        if head is not None:
            self.stdout.write(f"version {head.version} of {head.task} stands beside the champion")
        planned = children.builds(lambda author: not held_out(app.id, author), options["days"], options["children"])
        try:
            made = past.load(app, planned, self._progress)
        except ModelMissing as error:
            raise CommandError(f"{error} Run `manage.py prepare_models` first.") from error
        roll_up(whole=True)
        measure()
        self.stdout.write(
            self.style.SUCCESS(f"The demo's past is loaded: {made} creations in {time.monotonic() - started:.0f} s.")
        )

    def _progress(self, text: str) -> None:
        """In a log a line every few seconds."""
        if time.monotonic() - self.told > 10:
            self.told = time.monotonic()
            self.stdout.write(text)
