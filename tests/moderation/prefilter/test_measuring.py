"""`manage.py bridge` and `manage.py measure_float16`, with the real encoders on a few texts and pictures."""

import csv
import hashlib
import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image
from skimage import data as pictures

from featurestore.bridge.files import load
from featurestore.encoders import image_encoder, text_encoder
from moderation.intake.models import Submission
from moderation.prefilter.pairs import _centre, held
from tests.submissions import waiting

pytestmark = pytest.mark.models


@pytest.fixture
def texts(tmp_path):
    path = tmp_path / "texts.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["text", "kind"])
        for n in range(20):
            rows.writerow([f"a red spaceship with {n} engines and a pilot", "space"])
            rows.writerow([f"a grey castle with {n} towers and a knight", "castle"])
    return ["--csv", path, "--text", "text", "--label", "kind", "--positive", "space"]


def run(command, *arguments, capsys):
    call_command(command, *map(str, arguments), "--json")
    return json.loads(capsys.readouterr().out)


def test_half_the_digits_cost_nothing_on_an_easy_task(texts, capsys):
    report = run("measure_float16", *texts, capsys=capsys)
    assert report["n"] == 40
    assert report["float32"] == 1
    assert report["low"] <= report["lost_points"] <= report["high"]
    assert abs(report["lost_points"]) < 10


def test_a_bridge_between_two_folders_of_models_is_saved_and_loads(texts, capsys, settings, tmp_path):
    """The same encoder under an older name: what is carried is what the new one would have said."""
    settings.VAR = tmp_path
    old = tmp_path / "old-models"
    (old / "text").mkdir(parents=True)
    manifest = json.loads((django_settings.MODELS_DIR / "manifest.json").read_text())
    for name in ("encoder.onnx", "tokenizer.json", "encoder.json"):
        (old / "text" / name).symlink_to((django_settings.MODELS_DIR / "text" / name).resolve())
    sheet = json.loads((old / "text" / "encoder.json").read_text()) | {"version": "older-1"}
    (old / "text" / "encoder.json").unlink()
    (old / "text" / "encoder.json").write_text(json.dumps(sheet))
    raw = (old / "text" / "encoder.json").read_bytes()
    manifest["files"]["text/encoder.json"] = {"sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)}
    (old / "manifest.json").write_text(json.dumps(manifest))

    report = run("bridge", *texts, "--old-models", old, capsys=capsys)
    assert (report["old"], report["new"], report["pairs"]) == ("older-1", text_encoder().version, 40)
    bridge = load("older-1", text_encoder().version)
    vector = text_encoder().encode(["a red spaceship with 3 engines and a pilot"])
    assert (bridge.carry(vector) @ vector.T).item() > 0.98


def test_a_rehearsal_saves_nothing(tmp_path, capsys, settings):
    settings.VAR = tmp_path
    for name, picture in (("cats", pictures.chelsea()), ("cups", pictures.coffee())):
        (tmp_path / name).mkdir()
        for n in range(20):
            Image.fromarray(picture[n * 3 :, n * 5 :]).save(tmp_path / name / f"{n}.jpg")
    folders = ["--positive", tmp_path / "cats", "--negative", tmp_path / "cups"]
    report = run("bridge", *folders, "--rehearse", "last-block", capsys=capsys)
    assert report["old"] == f"{image_encoder().version}-last-block"
    assert report["head"]["n"] == report["pairs"] == 40
    assert report["head"]["loss_taught"]["low"] <= report["head"]["loss_taught"]["high"]
    assert not (tmp_path / "bridges").exists()


@pytest.mark.django_db
def test_pictures_that_are_still_in_the_house_are_learned_from_too(calling_app, tmp_path, capsys, settings):
    settings.VAR = tmp_path
    for n, days in enumerate((3, 1, 2)):
        one = waiting(calling_app, pictures=1)
        Submission.objects.filter(id=one.id).update(received_at=timezone.now() - timedelta(days=days))
        part = one.parts.get(kind="image")
        files = [file for file in (part.file, part.preview) if file]
        for file in files:
            Image.fromarray(pictures.coffee()[n * 60 :, : 200 + 50 * n]).save(file.path, "JPEG")
    widths = [held_.image.width for held_ in held(2)]
    assert widths == [250, 300]  # the newest two, newest first
    for file in files:
        Path(file.path).unlink()  # the last one, erased while they are read
    assert [held_.image.width for held_ in held(3)] == [250, 200]

    for name, picture in (("cats", pictures.chelsea()), ("cups", pictures.coffee())):
        (tmp_path / name).mkdir()
        for n in range(20):
            Image.fromarray(picture[n * 3 :, n * 5 :]).save(tmp_path / name / f"{n}.jpg")
    folders = ["--positive", tmp_path / "cats", "--negative", tmp_path / "cups"]
    alone = run("bridge", *folders, "--rehearse", "last-block", capsys=capsys)
    more = run("bridge", *folders, "--rehearse", "last-block", "--held", 3, capsys=capsys)
    assert (alone["pairs"], more["pairs"]) == (40, 42)
    assert not (tmp_path / "bridges").exists()


def test_what_is_missing_is_said_in_a_sentence(texts, tmp_path):
    for arguments, sentence in (
        ([], "--old-models DIR"),
        (["--old-models", tmp_path], "prepare_models"),
        (["--rehearse", "last-block"], "for pictures"),
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command("bridge", *map(str, [*texts, *arguments]))
    with pytest.raises(CommandError, match="At least 5"):
        call_command("measure_float16", *map(str, [*texts[:-1], "nothing"]))


def test_the_centre_of_a_picture():
    wide = Image.fromarray(np.arange(3 * 7 * 3, dtype=np.uint8).reshape(3, 7, 3))
    assert _centre(wide).size == (3, 3)
    np.testing.assert_array_equal(np.asarray(_centre(wide)), np.asarray(wide)[:, 2:5])
