"""Heads that exist, a task that is served, and a real MLflow."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import pytest

from featurestore.heads.head import HeadSheet
from featurestore.heads.models import Alias, HeadVersion, Serving, Standing
from featurestore.heads.write import write_logistic

NOWHERE = "http://127.0.0.1:1"  # refused at once


@pytest.fixture
def mlflow(mlflow_url: str, settings, monkeypatch) -> str:
    """It gets the time that it needs: how busy the machine is, is not what these tests are about."""
    from featurestore.heads import changing, mlflow_api

    monkeypatch.setattr(mlflow_api, "SECONDS", 120.0)
    monkeypatch.setattr(changing, "WHILE_LOCKED", 60.0)
    settings.MLFLOW_TRACKING_URI = mlflow_url
    return mlflow_url


@pytest.fixture
def no_mlflow(settings) -> None:
    settings.MLFLOW_TRACKING_URI = NOWHERE


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """A worker keeps heads by their id, and ids come again when a test's transaction goes back."""
    from featurestore.heads import serving

    serving._heads.clear()
    serving._broken.clear()


@pytest.fixture(autouse=True)
def one_connection(monkeypatch) -> None:
    """A task closes connections that are too old; a test's own would be among them."""
    from featurestore.heads import tasks

    monkeypatch.setattr(tasks, "close_old_connections", lambda: None)


@pytest.fixture
def task() -> str:
    """A task that no other test has: MLflow forgets nothing between tests."""
    return f"t{os.urandom(5).hex()}"


@pytest.fixture
def make_head(db, task, tmp_path) -> Callable[..., HeadVersion]:
    """make_head("2", bias=0.1, standing="held"): a version with a real file."""

    def make_head(version: str, bias: float = 0.0, of: str = "", **fields) -> HeadVersion:
        folder = tmp_path / f"{of or task}-{version}"
        sheet = {
            "task": of or task,
            "version": version,
            "encoder": "image@1",
            "threshold": 0.5,
            "made_by": "a test",
            "data": "drawn",
            "metrics": {},
            "view": "face",
        }
        whole: HeadSheet = write_logistic(folder, np.ones(4, np.float32), bias + int(version) / 100, sheet)
        raw = (folder / "head.onnx").read_bytes()
        assert hashlib.sha256(raw).hexdigest() == whole.sha256
        given = {"metrics": {"auc": [0.9, 0.85, 0.95]}, "card": f"# Version {version}", "code": "test"}
        return HeadVersion.objects.create(
            task=of or task,
            version=version,
            encoder="image@1",
            view="face",
            onnx=raw,
            sheet=asdict(whole),
            **{**given, **fields},
        )

    return make_head


@pytest.fixture
def heads(make_head, task) -> list[HeadVersion]:
    """Versions 1 to 4: 1 is champion, 2 and 3 are challengers, 4 may serve."""
    made = [make_head(str(n)) for n in range(1, 5)]
    for head, alias in zip(made, (Alias.CHAMPION, Alias.CHALLENGER, Alias.SECOND), strict=False):
        Serving.objects.create(task=task, alias=alias, head=head)
    assert made[3].standing == Standing.READY
    return made
