"""`manage.py import_labels`: what it writes, what it leaves out, what it refuses. With the real encoders."""

import csv
import io
import json

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image
from skimage import data as pictures

from featurestore.encoders import image_encoder, text_encoder
from featurestore.models import Feature, Label
from featurestore.store import get_store

pytestmark = [pytest.mark.django_db, pytest.mark.models]


def import_labels(*arguments) -> str:
    out = io.StringIO()
    call_command("import_labels", *map(str, arguments), stdout=out)
    return out.getvalue().strip()


@pytest.fixture
def folders(tmp_path):
    """A face and the same one again under another name; coffee and a cat; and what is no picture."""
    yes, no = tmp_path / "yes", tmp_path / "no"
    yes.mkdir()
    no.mkdir()
    Image.fromarray(pictures.astronaut()).save(yes / "astronaut.png")
    (yes / "again.png").write_bytes((yes / "astronaut.png").read_bytes())
    (no / "once more.png").write_bytes((yes / "astronaut.png").read_bytes())
    Image.fromarray(pictures.coffee()).save(no / "coffee.jpg")
    Image.fromarray(pictures.chelsea()).save(no / "chelsea.jpg")
    (no / "notes.txt").write_text("not a picture")
    return yes, no


def test_pictures_from_folders_are_features_with_labels_and_nothing_else(folders):
    yes, no = folders
    said = import_labels("face", "--positive", yes, "--negative", no, "--market", "dk", "--confidence", "0.9")
    assert "3 items" in said
    assert "1 twice" in said
    assert "1 twice, with another label" in said
    assert "1 left out" in said
    data = get_store().dataset("face", image_encoder().version, "picture")
    assert sorted(data.y) == ["no", "no", "yes"]
    assert set(data.source) == {"import"}
    assert set(data.weight) == {np.float32(0.9)}
    # the face's own crop is a feature too, as it is for an upload
    assert "yes" in get_store().dataset("face", image_encoder().version, "face").y
    assert set(Feature.objects.values_list("market", flat=True)) == {"DK"}
    assert set(Label.objects.values_list("policy", flat=True)) != {0}


def test_the_vectors_are_those_of_production(folders, tmp_path):
    _, no = folders
    import_labels("quality", "--negative", no)
    data = get_store().dataset("quality", image_encoder().version)
    alone = Image.open(no / "coffee.jpg").convert("RGB")
    cosine = (data.x @ image_encoder().encode([alone])[0]) / 2  # two parts of length 1
    assert cosine.max() > 0.98


def test_texts_by_value_and_by_yes_and_no(tmp_path):
    path = tmp_path / "texts.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(
            [["text", "kind"], ["a castle", "castle"], ["a rocket", "space"], ["a castle", "castle"], ["?", "x" * 41]]
        )
    said = import_labels("theme", "--csv", path, "--text", "text", "--label", "kind")
    assert "2 items" in said
    assert "1 twice" in said
    assert "1 left out" in said
    assert sorted(get_store().dataset("theme", text_encoder().version).y) == ["castle", "space"]
    import_labels("profanity", "--csv", path, "--text", "text", "--label", "kind", "--positive", "space,castle")
    assert sorted(get_store().dataset("profanity", text_encoder().version).y) == ["no", "yes", "yes"]


def test_a_second_run_knows_nothing_of_the_first(tmp_path):
    path = tmp_path / "spans.json"
    path.write_text(json.dumps([{"full_text": "I am Mia", "spans": [{}]}, {"full_text": "bricks", "spans": []}]))
    import_labels("pii", "--spans", path)
    import_labels("pii", "--spans", path)
    assert sorted(get_store().dataset("pii", text_encoder().version).y) == ["no", "no", "yes", "yes"]


def test_exports_of_labelling_tools(folders, tmp_path):
    _, no = folders
    export = tmp_path / "export.json"
    tasks = [
        {"id": 1, "data": {"image": "/data/upload/1/0a1b2c3d-astronaut.png"}, "choice": "space"},
        {"id": 2, "data": {"image": "coffee.jpg"}, "choice": "city"},
        {"id": 3, "data": {"image": "https://cdn.example.com/gone.jpg"}, "choice": "city"},
    ]
    for task in tasks:
        result = {"from_name": "theme", "type": "choices", "value": {"choices": [task.pop("choice")]}}
        task["annotations"] = [{"result": [result]}]
    export.write_text(json.dumps(tasks))
    said = import_labels("theme", "--label-studio", export, "--media", tmp_path)
    assert "2 items" in said
    assert "1 left out" in said
    assert sorted(get_store().dataset("theme", image_encoder().version).y) == ["city", "space"]
    coco = {
        "categories": [{"id": 1, "name": "person"}],
        "images": [{"id": 1, "file_name": "chelsea.jpg"}, {"id": 2, "file_name": "coffee.jpg"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1}],
    }
    export.write_text(json.dumps(coco))
    import_labels("quality", "--cvat", export, "--media", no, "--positive", "person")
    assert sorted(get_store().dataset("quality", image_encoder().version).y) == ["no", "yes"]


def test_one_folder_a_theme(tmp_path):
    for name, picture in (("cats", pictures.chelsea()), ("cups", pictures.coffee())):
        (tmp_path / name).mkdir()
        Image.fromarray(picture).save(tmp_path / name / "1.jpg")
    import_labels("theme", "--images", tmp_path)
    assert sorted(get_store().dataset("theme", image_encoder().version).y) == ["cats", "cups"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["face"], "Give folders"),
        (["face", "--positive", "/nowhere"], "is no folder"),
        (["theme", "--images", "/nowhere"], "no folders"),
        (["pii", "--spans", "/nowhere"], "no list of texts"),
        (["theme", "--cvat", "/nowhere"], "cannot be read"),
        (["theme", "--cvat", "a", "--spans", "b"], "one source"),
        (["profanity", "--csv", "/nowhere"], "--text COL"),
        (["face", "--positive", ".", "--confidence", "2"], "confidence"),
        (["face", "--positive", ".", "--market", "Denmark"], "two letters"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        import_labels(*arguments)
    assert not Feature.objects.exists()
