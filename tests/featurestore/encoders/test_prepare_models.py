"""Models are made once, checked, and refused when they are not what was made."""

import json
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from featurestore.encoders.base import ModelMissing
from featurestore.encoders.image import load
from featurestore.encoders.manifest import MANIFEST, Manifest, model_file
from featurestore.encoders.prepare import Recipe, prepare


@pytest.fixture
def workshop(monkeypatch):
    """A module whose `export` writes `content`, and counts how often it was asked to."""
    module = types.ModuleType("a_workshop")
    module.content, module.asked = b"weights", 0

    def export(folder: Path) -> None:
        module.asked += 1
        (folder / "toy").mkdir()
        (folder / "toy/model.onnx").write_bytes(module.content)
        if module.content == b"":
            raise RuntimeError("The exported toy differs from torch.")

    module.export = export
    monkeypatch.setitem(sys.modules, "a_workshop", module)
    return module


TOY = Recipe("toy", "a_workshop:export", ("numpy",))


def test_what_is_there_is_not_made_again(workshop, tmp_path):
    assert prepare([TOY], tmp_path) == ["toy"]
    assert prepare([TOY], tmp_path) == []
    assert workshop.asked == 1
    assert model_file(tmp_path, "toy/model.onnx").read_bytes() == b"weights"


@pytest.mark.parametrize(
    "changed",
    [Recipe("toy", "a_workshop:export", ("numpy",), version=2), Recipe("toy", "a_workshop:export", ("pillow",))],
)
def test_a_changed_recipe_is_made_again(workshop, tmp_path, changed):
    prepare([TOY], tmp_path)
    workshop.content = b"newer"
    assert prepare([changed], tmp_path) == ["toy"]
    assert model_file(tmp_path, "toy/model.onnx").read_bytes() == b"newer"


def test_a_lost_file_is_made_again(workshop, tmp_path):
    prepare([TOY], tmp_path)
    (tmp_path / "toy/model.onnx").unlink()
    with pytest.raises(ModelMissing, match=r"is missing\. Run `manage\.py prepare_models`"):
        model_file(tmp_path, "toy/model.onnx")
    assert prepare([TOY], tmp_path) == ["toy"]


def test_a_changed_file_is_refused_in_one_clear_sentence(workshop, tmp_path):
    prepare([TOY], tmp_path)
    (tmp_path / "toy/model.onnx").write_bytes(b"w3ights")
    with pytest.raises(
        ModelMissing, match=r"model\.onnx has the checksum \w{12}, but the manifest says \w{12}: it was changed"
    ):
        model_file(tmp_path, "toy/model.onnx")


def test_what_no_manifest_names_is_refused(tmp_path):
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy/model.onnx").write_bytes(b"weights")
    with pytest.raises(ModelMissing, match="is not in"):
        model_file(tmp_path, "toy/model.onnx")


def test_an_export_that_fails_leaves_the_old_one_in_place(workshop, tmp_path):
    prepare([TOY], tmp_path)
    workshop.content = b""
    with pytest.raises(RuntimeError, match="differs from torch"):
        prepare([TOY], tmp_path, again=True)
    assert model_file(tmp_path, "toy/model.onnx").read_bytes() == b"weights"
    assert sorted(path.name for path in tmp_path.iterdir()) == [MANIFEST, "toy"]


@pytest.mark.parametrize("body", ["", "{", "[]", '{"recipes": {}}', '{"recipes": {}, "files": {"a": {"b": 1}}}'])
def test_a_broken_manifest_counts_as_none(workshop, tmp_path, body):
    prepare([TOY], tmp_path)
    (tmp_path / MANIFEST).write_text(body)
    assert Manifest.read(tmp_path) == Manifest()
    assert prepare([TOY], tmp_path) == ["toy"]


def test_a_package_that_is_not_installed_is_named(tmp_path):
    with pytest.raises(ModelMissing, match="package no-such-package that carries a model is not installed"):
        prepare([Recipe("toy", "a_workshop:export", ("no-such-package",))], tmp_path)


def test_the_command_makes_all_and_fails_with_a_sentence(workshop, tmp_path, settings, capfd):
    settings.MODELS_DIR, settings.MODEL_RECIPES = tmp_path, [f"{__name__}.TOY"]
    call_command("prepare_models")
    out, err = capfd.readouterr()
    assert out == ""
    assert "models: made toy" in err.replace("\n", " ")
    workshop.content = b""
    with pytest.raises(CommandError, match="differs from torch"):
        call_command("prepare_models", "--again")


@pytest.mark.models
def test_a_second_run_imports_nothing_slow(models):
    code = (
        "import sys, django; django.setup(); from django.core.management import call_command;"
        "call_command('prepare_models');"
        "print([m for m in ('torch', 'transformers', 'onnxruntime') if m in sys.modules])"
    )
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "brickmod.settings",
        "SECRET_KEY": "k" * 40,
        "MODELS_DIR": str(models),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
    assert "all ready" in done.stderr


@pytest.mark.models
def test_a_changed_encoder_file_does_not_load(models, tmp_path):
    (tmp_path / "image").mkdir()
    for name in ("image/encoder.onnx", "image/encoder.json", MANIFEST):
        (tmp_path / name).write_bytes((models / name).read_bytes())
    assert load(tmp_path).dim == 1632
    sheet = json.loads((tmp_path / "image/encoder.json").read_text()) | {"side": 64}
    (tmp_path / "image/encoder.json").write_text(json.dumps(sheet))
    with pytest.raises(ModelMissing, match=r"encoder\.json"):
        load(tmp_path)
