"""The second look can be made again from folders, and its figures are honest."""

import json

import numpy as np
import pytest
from PIL import Image, ImageOps
from skimage import data as pictures

from featurestore.encoders.image import load
from featurestore.heads.head import Head
from moderation.detectors.face import train
from moderation.detectors.face.centerface import Candidate
from moderation.detectors.face.training.augment import varied
from moderation.detectors.face.training.fit import balance, fit


def test_unseen_scores_come_from_heads_that_never_saw_the_picture():
    """With labels that are noise, but the same for all crops of a picture, a head that peeked would look brilliant."""
    rng = np.random.default_rng(7)
    groups = np.repeat(np.arange(60), 10).astype(str)
    y = np.repeat(rng.random(60) < 0.5, 10)
    x = (np.repeat(rng.normal(size=(60, 40)), 10, 0) + 0.05 * rng.normal(size=(600, 40))).astype(np.float32)
    head, unseen = fit(x, y, groups)
    assert ((head.score(x) >= 0.5) == y).mean() > 0.9
    assert 0.3 < ((unseen >= 0.5) == y).mean() < 0.7


def test_scores_are_probabilities():
    rng = np.random.default_rng(7)
    x = rng.normal(size=(4000, 5)).astype(np.float32)
    chance = 1 / (1 + np.exp(-2 * x[:, 0]))
    y = rng.random(4000) < chance
    head, unseen = fit(x, y, np.arange(4000).astype(str))
    assert np.abs(unseen - chance).mean() < 0.05
    assert np.abs(head.score(x) - chance).mean() < 0.05


def test_both_classes_have_the_same_say_and_no_picture_has_all_of_it():
    y = np.array([True] * 3 + [False] * 9)
    groups = np.array(["a", "b", "b", *["c"] * 8, "d"])
    weights = balance(y, groups)
    assert weights[y].sum() == pytest.approx(weights[~y].sum())
    assert weights[3:11].sum() < 8 * weights[11]


def test_a_variant_is_a_square_picture_and_the_seed_decides_which():
    picture = Image.fromarray(pictures.astronaut())
    box = Candidate(180, 60, 270, 170, 1)
    first = [varied(picture, box, np.random.default_rng(n), [picture]) for n in range(40)]
    again = [varied(picture, box, np.random.default_rng(n), [picture]) for n in range(40)]
    assert [a.tobytes() for a in first] == [b.tobytes() for b in again]
    assert len({a.tobytes() for a in first}) == 40
    assert all(a.mode == "RGB" and abs(a.width - a.height) <= 1 for a in first)


@pytest.mark.models
def test_the_script_makes_a_head_that_the_detector_can_read(models, tmp_path, capfd):
    people, figures = tmp_path / "people", tmp_path / "figures"
    people.mkdir()
    figures.mkdir()
    astronaut = Image.fromarray(pictures.astronaut())
    for n in range(6):
        (astronaut if n % 2 else ImageOps.mirror(astronaut)).rotate(3 * n).save(people / f"{n}.png")
        Image.fromarray(pictures.coffee()).rotate(10 * n).save(figures / f"{n}.png")
    (people / "notes.txt").write_text("not a picture")
    arguments = ["--people", people, "--figures", figures, "--models", models, "--out", tmp_path / "out", "--copies", 2]
    train.main([str(argument) for argument in arguments])
    sheet = json.loads((tmp_path / "out/head.json").read_text())
    assert sheet["metrics"]["faces found"] == "6 of 6"
    encoder = load(models)
    head = Head.read(tmp_path / "out", encoder.version)
    face = astronaut.crop((140, 20, 320, 200))
    cup = Image.fromarray(pictures.coffee()).crop((100, 100, 280, 280))
    of_face, of_cup = head.score(encoder.encode([face, cup]))
    assert of_face > 0.5 > of_cup


@pytest.mark.models
def test_folders_without_faces_are_refused(models, tmp_path):
    Image.new("RGB", (64, 64)).save(tmp_path / "black.png")
    arguments = ["--people", tmp_path, "--figures", tmp_path, "--models", models, "--out", tmp_path / "out"]
    with pytest.raises(SystemExit, match="There must be faces in --people"):
        train.main([str(argument) for argument in arguments])
    assert not (tmp_path / "out").exists()
