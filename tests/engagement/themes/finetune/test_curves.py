"""Curves in a real MLflow, and a training that does not care whether there is one."""

import json

from engagement.themes.finetune.curves import Curves
from featurestore.heads.mlflow_api import Mlflow


def test_curves_come_to_mlflow_and_go_on_in_the_same_run(mlflow_url, tmp_path):
    curves = Curves(tmp_path, mlflow_url)
    curves.begin({"backbone": "mobilenet-v3-small", "batch": 5})
    curves.add(1, loss=2.0, starved=0.1)
    later = Curves(tmp_path, mlflow_url, curves.run)
    later.begin({"backbone": "mobilenet-v3-small"})
    later.add(2, loss=1.0, starved=0.0)
    later.end()
    mlflow = Mlflow(uri=mlflow_url)
    found = mlflow.get("metrics/get-history", run_id=curves.run, metric_key="loss")["metrics"]
    assert [(row["step"], row["value"]) for row in found] == [(1, 2.0), (2, 1.0)]
    assert mlflow.get("runs/get", run_id=curves.run)["run"]["info"]["status"] == "FINISHED"


def test_an_mlflow_that_is_away_ends_nothing(tmp_path):
    curves = Curves(tmp_path, "http://127.0.0.1:9")
    curves.begin({"backbone": "x"})
    curves.add(1, loss=2.0)
    curves.end()
    assert json.loads(curves.path.read_text()) == {"step": 1, "loss": 2.0}
