"""MLflow as the mirror of our versions: an experiment and a registered model a task, a run and a version a head.

Our database says who serves; MLflow has the same under its own words (aliases), with curves, files and lineage, for
people who work there. Files go there as ONNX, with the sheet and the card; nothing is ever loaded from there.
"""

import json
import math
import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.utils import timezone

from featurestore.heads.mlflow_api import Mlflow, SaysNo, Unreachable
from featurestore.heads.models import Alias, HeadVersion

__all__ = ["Copy", "Mlflow", "Unreachable", "copies", "keep", "model_name", "point"]

FOLDER = "head"  # of a run's files
_THERE, _MISSING = "RESOURCE_ALREADY_EXISTS", "RESOURCE_DOES_NOT_EXIST"
_LONGEST = {"param": 500, "tag": 5000, "description": 5000}


class Copy(NamedTuple):
    """Where MLflow keeps a head."""

    run: str
    version: int


Curve = Iterable[tuple[int, float, float | None]]


def model_name(task: str) -> str:
    return f"brickmod-{task}"


def copies(mlflow: Mlflow, task: str) -> dict[tuple[str, str], Copy]:
    """(our version, sha256 of its file) -> where it is; of all versions that MLflow has of the task."""
    found: dict[tuple[str, str], Copy] = {}
    token = ""
    while True:
        more = {"page_token": token} if token else {}
        page = mlflow.get("model-versions/search", filter=f"name='{model_name(task)}'", max_results="1000", **more)
        for row in page.get("model_versions", []):
            tags = {tag["key"]: tag.get("value", "") for tag in row.get("tags", [])}
            key = (tags.get("version", ""), tags.get("sha256", ""))
            copy = Copy(row.get("run_id", ""), int(row["version"]))
            if key not in found or copy.version < found[key].version:
                found[key] = copy
        token = page.get("next_page_token", "")
        if not token:
            return found


def keep(mlflow: Mlflow, head: HeadVersion, curve: Curve = ()) -> Copy:
    """Log the run of a head with its files, and register its version. Raises Unreachable; a run that was half logged
    then stays behind without a version, and the next try makes another."""
    experiment = _experiment(mlflow, head.task)
    made = int(head.made_at.timestamp() * 1000)
    tags = {"mlflow.runName": f"{head.task} {head.version}", "mlflow.note.content": head.card} | _tags(head)
    run = mlflow.post("runs/create", experiment_id=experiment, start_time=made, tags=_pairs(tags))["run"]["info"]
    id, place = run["run_id"], run["artifact_uri"]
    mlflow.post("runs/log-batch", run_id=id, metrics=_metrics(head, curve, made), params=_params(head))
    sheet = json.dumps({**head.sheet, "version": head.version}, indent=1, ensure_ascii=False)
    name = "head.npz" if bytes(head.onnx[:2]) == b"PK" else "head.onnx"  # a head of another kind is a .npz
    files = {name: bytes(head.onnx), "head.json": sheet.encode(), "card.md": head.card.encode()}
    for file, content in files.items():
        mlflow.upload(place, f"{FOLDER}/{file}", content)
    mlflow.post("runs/update", run_id=id, status="FINISHED", end_time=int(time.time() * 1000))
    try:
        mlflow.post("registered-models/create", name=model_name(head.task), description=_what(head.task))
    except SaysNo as no:
        if no.code != _THERE:
            raise
    version = mlflow.post(
        "model-versions/create",
        name=model_name(head.task),
        source=f"{place}/{FOLDER}",
        run_id=id,
        description=head.card[: _LONGEST["description"]],
        tags=_pairs(_tags(head)),
    )
    return Copy(id, int(version["model_version"]["version"]))


def point(mlflow: Mlflow, task: str, wanted: Mapping[str, int]) -> list[str]:
    """Make MLflow's aliases of a task `wanted` (alias -> MLflow's version). Returns those that were changed. Aliases
    that are not of ours stay as they are."""
    name = model_name(task)
    try:
        model = mlflow.get("registered-models/get", name=name)["registered_model"]
    except SaysNo as no:
        if no.code != _MISSING or wanted:
            raise
        return []
    there = {row["alias"]: int(row["version"]) for row in model.get("aliases", [])}
    changed = []
    for alias in Alias.values:
        if alias in wanted and there.get(alias) != wanted[alias]:
            mlflow.post("registered-models/alias", name=name, alias=alias, version=str(wanted[alias]))
            changed.append(alias)
        elif alias not in wanted and alias in there:
            mlflow.post("registered-models/alias", "DELETE", name=name, alias=alias)
            changed.append(alias)
    return changed


def _experiment(mlflow: Mlflow, task: str) -> str:
    name = model_name(task)
    try:
        return str(mlflow.post("experiments/create", name=name)["experiment_id"])
    except SaysNo as no:
        if no.code != _THERE:
            raise
    return str(mlflow.get("experiments/get-by-name", experiment_name=name)["experiment"]["experiment_id"])


def _what(task: str) -> str:
    return (
        f"Heads of the task {task}. BrickMod's database says who serves; aliases are copied from there. "
        "champion: what MLflow called Production; challenger: Staging."
    )


def _tags(head: HeadVersion) -> dict[str, str]:
    return {
        "version": head.version,
        "sha256": head.sheet.get("sha256", ""),
        "task": head.task,
        "encoder": head.encoder,
        "view": head.view,
        "label_view": str(head.data.get("label_view", "")),
        "parent": head.parent.version if head.parent else "",
        "code": head.code,
        "manifest": json.dumps(head.data, sort_keys=True),
        "calibration": json.dumps(head.data.get("calibration", "")),
        "made_on": timezone.localtime(head.made_at).date().isoformat(),
    }


def _pairs(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value[: _LONGEST["tag"]]} for key, value in values.items() if value]


def _params(head: HeadVersion) -> list[dict[str, str]]:
    values: dict[str, Any] = {"encoder": head.encoder, "view": head.view, "dim": head.sheet.get("dim", "")}
    values |= {"threshold": head.sheet.get("threshold", ""), "made_by": head.sheet.get("made_by", "")}
    for name, value in head.data.items():
        values[name] = value if isinstance(value, str | int | float) else json.dumps(value, sort_keys=True)
    for name, value in (head.sheet.get("metrics") or {}).items():
        if not isinstance(value, int | float | list):  # what a shipped head says of itself in words
            values[name] = value
    return [{"key": _name(key), "value": str(value)[: _LONGEST["param"]]} for key, value in list(values.items())[:100]]


def _metrics(head: HeadVersion, curve: Curve, at: int) -> list[dict[str, Any]]:
    rows = []
    for name, figures in head.metrics.items():
        for suffix, value in zip(("", "_low", "_high"), figures, strict=False):
            rows.append((name + suffix, value, 0))
    steps = [(int(step), train, validation) for step, train, validation in curve]
    each = max(1, math.ceil(len(steps) / 400))  # a batch takes a thousand figures; a curve needs no more points
    for step, train, validation in steps[::each]:
        rows.append(("loss", train, step))
        rows.append(("validation_loss", validation, step))
    return [
        {"key": _name(key), "value": float(value), "timestamp": at, "step": step}
        for key, value, step in rows
        if value is not None and math.isfinite(value)
    ][:1000]


def _name(key: str) -> str:
    """MLflow takes letters, figures, and _ - . space : / in names."""
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "_-. :/") else "_" for sign in key)[:250]
