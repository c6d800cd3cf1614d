"""Heads that detectors come with."""

import json

import pytest

from featurestore.encoders.base import ModelMissing
from featurestore.heads.actions import plant
from featurestore.heads.models import HeadVersion, PromotionEvent, RetrainingPolicy, Serving
from featurestore.heads.serving import load

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(make_head, task, tmp_path):
    """folder("3"): a detector's folder; no row of it is left."""

    def folder(version: str):
        make_head(version)
        HeadVersion.objects.filter(task=task, version=version).delete()
        path = tmp_path / f"{task}-{version}"
        (path / "card.md").write_text("# It finds faces")
        return path

    return folder


def test_the_first_one_is_champion_and_twice_is_once(folder, task):
    path = folder("1")
    head = plant(path)
    assert plant(path) == head
    assert (head.task, head.version, head.encoder, head.view) == (task, "1", "image@1", "face")
    assert (head.card, head.code, head.data["shipped"]) == ("# It finds faces", "a test", True)
    row = Serving.objects.get()
    assert (row.alias, row.head) == ("champion", head)
    event = PromotionEvent.objects.get()
    assert (event.kind, event.new, event.by, event.served) == ("promote", head, None, {"champion": ["1", None, 0]})
    assert load(head).sheet.sha256 == head.sheet["sha256"]


def test_it_trains_itself_from_then_on_unless_somebody_says_otherwise(folder, task):
    path = folder("1")
    plant(path)
    policy = RetrainingPolicy.objects.get()
    assert (policy.task, policy.on, policy.new_labels) == (task, True, 500)
    policy.delete()
    plant(path)
    plant(folder("9"))
    assert not RetrainingPolicy.objects.exists()


def test_a_new_file_is_a_version_that_may_serve_and_does_not(folder, task):
    first = plant(folder("1"))
    second = plant(folder("9"))
    assert (second.version, second.standing) == ("2", "ready")
    assert Serving.objects.get().head == first
    assert load(second).sheet.version == "2"


def test_a_view_that_the_sheet_does_not_know(folder):
    path = folder("1")
    sheet = json.loads((path / "head.json").read_text())
    del sheet["view"]
    (path / "head.json").write_text(json.dumps(sheet))
    head = plant(path, "picture")
    assert head.view == head.sheet["view"] == "picture"


def test_a_broken_file_is_not_taken_in(folder):
    path = folder("1")
    (path / "head.onnx").write_bytes(b"nothing")
    with pytest.raises(ModelMissing, match="checksum"):
        plant(path)
    assert not HeadVersion.objects.exists()
