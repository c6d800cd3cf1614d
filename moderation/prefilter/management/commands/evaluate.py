"""Measure a detector on data that it has never seen."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import track
from rich.table import Table

from moderation.detectors.base import Kind
from moderation.prefilter import evaluation
from moderation.prefilter.data_options import add_data_options, items_of


class Command(BaseCommand):
    help = (
        "Measure a detector as production runs it. Pictures: evaluate face --positive DIR --negative DIR. "
        "Texts: evaluate profanity --csv FILE --text COL --label COL --positive VALUE[,VALUE]. "
        "Themes: evaluate theme --csv FILE --text COL --label COL, or --images DIR."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        brought = evaluation.evaluators()
        parser.add_argument("task", choices=sorted([*evaluation.tasks(), *brought]), help="what is decided")
        add_data_options(parser)
        for evaluator in brought.values():
            evaluator.add_arguments(parser)
        parser.add_argument("--model", default="champion", help="champion, challenger or a version")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        console = Console(stderr=True)
        try:
            found = self._outcome(options, console)
        except evaluation.CannotEvaluate as error:
            raise CommandError(str(error)) from error
        for line in found.errors[:20]:
            console.print(f"not looked at: {line}", markup=False)
        if options["json"]:
            self.stdout.write(json.dumps(found.report))
        else:
            self._print(found.report, found.wrong)

    def _outcome(self, options: dict[str, Any], console: Console) -> evaluation.Outcome:
        if brought := evaluation.evaluators().get(options["task"]):
            things: Any = brought.items(options)
            return brought.run(track(things, "looking", console=console, transient=True), options["model"])
        items = items_of(options)
        kind: Kind = "text" if options["csv"] else "image"
        detector, alias = evaluation.detector_for(options["task"], kind, options["model"])
        counts = evaluation.run(detector, track(items, "looking", console=console, transient=True))
        return evaluation.Outcome(evaluation.report(detector, alias, counts), evaluation.wrong(counts), counts.errors)

    def _print(self, report: dict[str, Any], wrong: list[tuple[str, float]]) -> None:
        model = report["model"]
        table = Table(
            title=f"{report['task']}: {model['name']} {model['version']} ({model['alias']})", show_header=False
        )
        for name, value in report.items():
            if name == "per_class":
                for theme, row in value.items():
                    table.add_row(f"  {theme}", f"F1 {row['f1']:.3f} of {row['n']}")
            elif name not in {"task", "model"}:
                table.add_row(name, f"{value:.4f}" if isinstance(value, float) else str(value))
        console = Console()
        console.print(table)
        for name, score in wrong[:20]:
            console.print(f"wrong: {name} ({score:.3f})", markup=False)
