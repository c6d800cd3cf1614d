"""`flush` empties every table. The trail refuses that, so its guard steps aside for as long as it takes."""

from typing import Any

from django.core.management.commands.flush import Command as Flush

from brickmod.access import trail_guard


class Command(Flush):
    def handle(self, **options: Any) -> None:
        trail_guard.take_down(options["database"])
        try:
            super().handle(**options)
        finally:
            trail_guard.put_up(options["database"])
