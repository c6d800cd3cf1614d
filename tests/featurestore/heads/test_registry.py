"""The mirror, against a real MLflow; and what is said when there is none."""

import json
import socket
import threading
import urllib.request

import pytest

from featurestore.heads import mirroring, registry
from featurestore.heads.mlflow_api import Mlflow, SaysNo, Unreachable
from featurestore.heads.models import Alias, HeadVersion, RunState, Serving, TrainingRun

pytestmark = pytest.mark.django_db


def model(task: str) -> dict:
    return Mlflow().get("registered-models/get", name=registry.model_name(task))["registered_model"]


def aliases(task: str) -> dict[str, int]:
    return {row["alias"]: int(row["version"]) for row in model(task).get("aliases", [])}


def file(url: str, source: str, name: str) -> bytes:
    path = source.removeprefix("mlflow-artifacts:")
    with urllib.request.urlopen(f"{url}/api/2.0/mlflow-artifacts/artifacts{path}/{name}") as answer:
        return answer.read()


def test_a_head_goes_there_whole(mlflow, heads, task):
    head = heads[1]
    head.parent = heads[0]
    head.data = {"label_view": "people@1", "labels": {"yes": 60, "no": 140}, "days": ["2026-01-01", "2026-02-01"]}
    head.save()
    curve = [[step, 1 / (step + 1), None if step % 2 else 1 / (step + 2)] for step in range(600)]
    TrainingRun.objects.create(task=task, state=RunState.DONE, because="a test", curve=curve, head=head)

    done = mirroring.follow(Mlflow(), [task])

    assert done.copied == [f"{task} {n}" for n in "1234"]
    head.refresh_from_db()
    version = Mlflow().get("model-versions/get", name=registry.model_name(task), version=str(head.mlflow_version))
    version = version["model_version"]
    tags = {tag["key"]: tag["value"] for tag in version["tags"]}
    assert (tags["version"], tags["parent"], tags["label_view"], tags["encoder"]) == ("2", "1", "people@1", "image@1")
    assert json.loads(tags["manifest"]) == head.data
    assert version["description"] == "# Version 2"
    run = Mlflow().get("runs/get", run_id=head.mlflow_run)["run"]
    assert run["info"]["status"] == "FINISHED"
    metrics = {row["key"]: row["value"] for row in run["data"]["metrics"]}
    assert (metrics["auc"], metrics["auc_low"], metrics["auc_high"]) == (0.9, 0.85, 0.95)
    points = Mlflow().get("metrics/get-history", run_id=head.mlflow_run, metric_key="loss")["metrics"]
    assert [(p["step"], p["value"]) for p in points][:2] == [(0, 1.0), (2, 1 / 3)]
    assert {"key": "label_view", "value": "people@1"} in run["data"]["params"]
    assert file(mlflow, version["source"], "head.onnx") == bytes(head.onnx)
    assert json.loads(file(mlflow, version["source"], "head.json"))["sha256"] == head.sheet["sha256"]
    assert file(mlflow, version["source"], "card.md") == b"# Version 2"


def test_aliases_follow_the_database(mlflow, heads, task):
    mirroring.follow(Mlflow(), [task])
    ours = dict(HeadVersion.objects.values_list("version", "mlflow_version"))
    assert aliases(task) == {"champion": ours["1"], "challenger": ours["2"], "challenger-2": ours["3"]}
    Mlflow().post("registered-models/alias", name=registry.model_name(task), alias="mine", version="1")
    Serving.objects.filter(task=task, alias=Alias.SECOND).delete()
    Serving.objects.filter(task=task, alias=Alias.CHALLENGER).update(head=heads[3])
    done = mirroring.follow(Mlflow(), [task])
    assert done.pointed == [f"{task} challenger", f"{task} challenger-2"]
    assert aliases(task) == {"champion": ours["1"], "challenger": ours["4"], "mine": 1}
    assert mirroring.follow(Mlflow(), [task]) == mirroring.Followed()


def test_what_is_there_is_found_again_and_what_was_lost_is_copied_again(mlflow, heads, task):
    mirroring.follow(Mlflow(), [task])
    there = dict(HeadVersion.objects.values_list("version", "mlflow_version"))
    HeadVersion.objects.update(mlflow_version=None, mlflow_run="")  # our note of it is gone
    assert mirroring.follow(Mlflow(), [task]).copied == []
    assert dict(HeadVersion.objects.values_list("version", "mlflow_version")) == there
    Mlflow().post(
        "model-versions/delete", "DELETE", name=registry.model_name(task), version=str(there["4"])
    )  # and now MLflow's is
    assert mirroring.follow(Mlflow(), [task]).copied == [f"{task} 4"]
    assert HeadVersion.objects.get(version="4").mlflow_version == max(there.values()) + 1


def test_what_another_one_copies_is_left_to_it(mlflow, heads, task):
    from django.utils import timezone

    HeadVersion.objects.filter(version="2").update(mirroring_since=timezone.now())
    assert mirroring.follow(Mlflow(), [task]).copied == [f"{task} {n}" for n in "134"]
    assert "challenger" not in aliases(task)
    HeadVersion.objects.filter(version="2").update(mirroring_since=timezone.now() - mirroring.CLAIM * 2)
    assert mirroring.follow(Mlflow(), [task]).copied == [f"{task} 2"]
    assert "challenger" in aliases(task)


def test_mlflows_no_is_told_with_its_reason(mlflow):
    with pytest.raises(SaysNo, match=r"refuses: .*nobody") as no:
        Mlflow().get("registered-models/get", name="nobody")
    assert no.value.code == "RESOURCE_DOES_NOT_EXIST"


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("http://127.0.0.1:1", "MLflow at 127.0.0.1:1 does not answer."),
        ("http://name:word@127.0.0.1:1", "MLflow at 127.0.0.1:1 does not answer."),
        ("sqlite:///mlflow.db", "MLflow is spoken to by http, and MLFLOW_TRACKING_URI is sqlite:///mlflow.db."),
    ],
)
def test_nobody_there_is_said_in_a_sentence(heads, task, settings, uri, says):
    settings.MLFLOW_TRACKING_URI = uri
    with pytest.raises(Unreachable) as error:
        mirroring.follow(Mlflow(), [task])
    assert str(error.value) == says
    assert not HeadVersion.objects.exclude(mlflow_version=None).exists()


def test_one_that_drips_is_left_in_time():
    """It sends a byte now and then and so never times out by itself; the conversation as a whole does."""
    listening = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not stop.wait(0.05):
                try:
                    connection.sendall(b" ")
                except OSError:
                    return

    dripping = threading.Thread(target=drip, daemon=True)
    dripping.start()
    mlflow = Mlflow(0.4, f"http://127.0.0.1:{listening.getsockname()[1]}")
    with pytest.raises(Unreachable, match="takes too long"):
        mlflow.alive()  # it would go on for hours
    with pytest.raises(Unreachable, match="takes too long"):
        mlflow.alive()
    stop.set()
    dripping.join(5)
    listening.close()


def test_another_server_is_not_taken_for_mlflow():
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")

    answering = threading.Thread(target=answer, daemon=True)
    answering.start()
    uri = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with pytest.raises(Unreachable, match="not MLflow"):
        Mlflow(2, uri).get("registered-models/get", name="x")
    answering.join(5)
    listening.close()
