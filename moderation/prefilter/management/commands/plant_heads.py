"""Register the heads that the detectors came with. A worker does it when it starts; this is for doing it by hand."""

from typing import Any

from django.core.management.base import BaseCommand

from moderation.prefilter.planting import plant_heads


class Command(BaseCommand):
    help = "Register the heads that the detectors came with. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        for head in plant_heads():
            serves = ", ".join(row.get_alias_display() for row in head.serving.all()) or head.get_standing_display()
            self.stdout.write(f"{head.task} version {head.version}: {serves}")
