"""The curves of a training: a line of JSON for each report, and the same in MLflow where one is named."""

import json
import time
from pathlib import Path
from typing import Any

import structlog

from featurestore.heads.mlflow_api import Mlflow, SaysNo, Unreachable

log = structlog.get_logger(__name__)

EXPERIMENT = "brickmod-theme-pictures"
NAME = "curve.jsonl"
MOST = 1000  # figures in one request


class Curves:
    """An MLflow that is away ends no training: figures wait for it, the oldest go first when there are too many."""

    def __init__(self, folder: Path, uri: str = "", run: str = "") -> None:
        self.path, self.uri, self.run = folder / NAME, uri, run
        self._pending: list[dict[str, Any]] = []

    def begin(self, params: dict[str, Any]) -> None:
        """Make the run, unless an earlier start of the same training did."""
        if not self.uri or self.run:
            return
        try:
            mlflow = Mlflow(seconds=10.0, uri=self.uri)
            run = mlflow.post(
                "runs/create",
                experiment_id=_experiment(mlflow),
                start_time=_now(),
                tags=[{"key": "mlflow.runName", "value": f"{params.get('backbone', '')} end to end"}],
            )
            self.run = run["run"]["info"]["run_id"]
            rows = [{"key": key, "value": str(value)[:500]} for key, value in params.items()]
            mlflow.post("runs/log-batch", run_id=self.run, params=rows)
        except Unreachable as error:
            log.warning("finetune.no_mlflow", why=str(error))

    def add(self, step: int, **figures: float) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps({"step": step, **figures}) + "\n")
        if not self.run:
            return
        now = _now()
        self._pending += [
            {"key": key, "value": float(value), "timestamp": now, "step": step} for key, value in figures.items()
        ]
        self._pending = self._pending[-MOST:]
        self._send()

    def end(self) -> None:
        if not self.run:
            return
        self._send()
        try:
            Mlflow(seconds=5.0, uri=self.uri).post("runs/update", run_id=self.run, status="FINISHED", end_time=_now())
        except Unreachable as error:
            log.warning("finetune.no_mlflow", why=str(error))

    def _send(self) -> None:
        if not self._pending:
            return
        try:
            Mlflow(seconds=2.0, uri=self.uri).post("runs/log-batch", run_id=self.run, metrics=self._pending)
        except Unreachable as error:
            log.warning("finetune.no_mlflow", why=str(error))
        else:
            self._pending = []


def _experiment(mlflow: Mlflow) -> str:
    try:
        return str(mlflow.post("experiments/create", name=EXPERIMENT)["experiment_id"])
    except SaysNo as no:
        if no.code != "RESOURCE_ALREADY_EXISTS":
            raise
    return str(mlflow.get("experiments/get-by-name", experiment_name=EXPERIMENT)["experiment"]["experiment_id"])


def _now() -> int:
    return int(time.time() * 1000)
