"""Heads in scenes: what the face detector is measured with."""

import numpy as np
import pytest
from PIL import Image
from skimage import data as pictures

from moderation.detectors.face.centerface import Candidate
from moderation.detectors.face.pasted import Seen, at_head, main, table
from moderation.detectors.face.pasting import HEAD, KINDS, SCENE, SIZES, cut, paste, plans

FACE = Candidate(180, 60, 270, 170, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_head_is_where_the_box_says_and_nowhere_else(kind):
    scene = Image.new("RGB", (480, 360), (30, 90, 160))
    head = cut(Image.fromarray(pictures.astronaut()), FACE, "astronaut")
    made = paste(scene, "blue", head, 48, kind, np.random.default_rng(7))
    left, top, right, bottom = made.box
    assert made.picture.size == (SCENE, SCENE * 3 // 4)
    assert right - left == bottom - top == round(HEAD * 48)
    changed = np.abs(np.asarray(made.picture).astype(int) - (30, 90, 160)).sum(2) > 60
    rows, columns = np.nonzero(changed)
    assert changed[top:bottom, left:right].mean() > 0.5
    assert left - 8 <= columns.min()
    assert columns.max() <= right + 8
    assert top - 8 <= rows.min()
    assert rows.max() <= bottom + 8


def test_the_same_seed_makes_the_same_picture():
    scene = Image.fromarray(pictures.coffee())
    head = cut(Image.fromarray(pictures.astronaut()), FACE, "astronaut")
    one, same, other = (
        paste(scene, "coffee", head, 64, "turned", np.random.default_rng(seed)).picture.tobytes() for seed in (1, 1, 2)
    )
    assert one == same != other


def test_every_size_and_kind_comes_as_often_and_heads_take_turns():
    made = list(plans(5, 3, 10))
    assert made == list(plans(5, 3, 10))
    assert len(made) == len({number for *_, number in made}) == 10 * len(SIZES) * len(KINDS)
    first = [head for size, kind, head, _, _ in made if (size, kind) == (24, "plain")]
    assert sorted(first) == sorted(2 * list(range(5)))


def test_a_place_is_at_the_head_when_its_middle_is_and_it_is_no_bigger_than_twice():
    assert at_head((100, 100, 140, 140), (108, 108, 132, 132))
    assert not at_head((100, 100, 140, 140), (141, 100, 180, 140))
    assert not at_head((100, 100, 140, 140), (70, 70, 170, 170))


def test_the_table_counts_by_size_and_by_kind():
    seen = [Seen(24, "plain", "a", "found", 0.9), Seen(24, "grey", "a", "no box", 0.0)]
    lines = {line[:14].strip(): line.split()[-5:] for line in table(seen).splitlines()}
    assert lines["all"] == ["2", "0.500", "0.000", "0.000", "0.500"]
    assert lines["grey"] == ["1", "0.000", "0.000", "0.000", "1.000"]
    assert lines["96 px"][0] == "0"


@pytest.mark.models
def test_the_command_looks_and_keeps_the_pictures(models, tmp_path, capsys):
    for name, array in (("people", pictures.astronaut()), ("scenes", pictures.coffee())):
        (tmp_path / name).mkdir()
        Image.fromarray(array).resize((800, 800)).save(tmp_path / name / "one.png")
    main([str(tmp_path / "people"), str(tmp_path / "scenes"), "--each", "1", "--out", str(tmp_path / "out")])
    lines = {line[:14].strip(): line.split()[-5:] for line in capsys.readouterr().out.splitlines()}
    assert lines["all"][0] == str(len(SIZES) * len(KINDS)) == str(len(list((tmp_path / "out").rglob("*.jpg"))))
    assert lines["96 px"][0] == str(len(KINDS))
    assert float(lines["96 px"][1]) >= 0.5
