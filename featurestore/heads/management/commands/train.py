"""Train a head on the store's labels, log it to MLflow, register it, put it beside the champion."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from featurestore.heads import actions
from featurestore.heads.models import HeadVersion, Serving
from featurestore.labels.rules import VIEWS, UnknownView, find


class Command(BaseCommand):
    help = (
        "Train a head for TASK on the store's labels, log it to MLflow, register it, and set the alias challenger. One "
        "that is surely worse than the champion on the exam set is registered and held. Exit code 1: it failed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("task", help="what the head decides, e.g. face")
        views = ", ".join(view.full_name for view in VIEWS)
        parser.add_argument("--label-view", help=f"the rule that makes labels of evidence (else the policy's): {views}")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        from featurestore.heads.training import CannotTrain

        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
        with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
            line = bar.add_task("beginning", total=1.0)

            def tell(progress: float, step: str, curve: list[Any]) -> None:
                bar.update(line, completed=progress, description=step)

            try:
                if options["label_view"]:
                    find(options["label_view"])
                head = actions.train(
                    options["task"], None, "Somebody ran manage.py train.", tell=tell, label_view=options["label_view"]
                )
            except (actions.Refused, CannotTrain, UnknownView) as error:
                raise CommandError(str(error)) from error
        report = _report(head)
        if options["json"]:
            self.stdout.write(json.dumps(report))
            return
        shown = Console(highlight=False)
        with shown.capture() as text:
            self._show(report, shown)
        self.stdout.write(text.get())

    def _show(self, report: dict[str, Any], console: Console) -> None:
        table = Table("on the exam set", "value", "95 % interval", title=f"{report['task']} {report['version']}")
        for name, (value, low, high) in report["metrics"].items():
            table.add_row(name, f"{value:.4f}", f"{low:.4f} to {high:.4f}")
        console.print(table)
        if report["held"]:
            console.print(f"Held: {report['held']}", markup=False)
        else:
            console.print(f"It serves as {report['alias']}.")
        if report["mlflow_version"]:
            console.print(f"MLflow: {report['model']}, version {report['mlflow_version']}.")
        else:
            console.print("MLflow does not answer; it gets this version when it does.")


def _report(head: HeadVersion) -> dict[str, Any]:
    run = head.runs.order_by("-id").first()
    result = run.result if run else {}
    alias = Serving.objects.filter(head=head).values_list("alias", flat=True).first()
    return {
        "task": head.task,
        "version": head.version,
        "alias": alias,
        "held": result.get("held", ""),
        "difference": result.get("difference"),
        "parent": head.parent.version if head.parent else None,
        "labels": head.data.get("labels", {}),
        "label_view": head.data.get("label_view", ""),
        "metrics": head.metrics,
        "model": f"brickmod-{head.task}",
        "mlflow_version": head.mlflow_version,
        "mlflow_run": head.mlflow_run,
    }
