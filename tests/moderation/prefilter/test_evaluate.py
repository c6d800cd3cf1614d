"""`manage.py evaluate`: what it counts, what it prints, what it refuses."""

import json

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from skimage import data as pictures

from moderation.detectors.base import Card, Finding, Picture
from moderation.prefilter import evaluation


@pytest.fixture
def folders(tmp_path):
    """Two bad pictures, three good ones (one deeper down), and what is no picture."""
    bad, good = tmp_path / "bad", tmp_path / "good"
    (good / "deeper").mkdir(parents=True)
    bad.mkdir()
    Image.new("RGB", (320, 240)).save(bad / "black.png")
    Image.new("RGB", (320, 240), "white").save(bad / "white.jpg")
    for name, folder in (("coffee", good), ("chelsea", good), ("astronaut", good / "deeper")):
        Image.fromarray(getattr(pictures, name)()).save(folder / f"{name}.jpg")
    (good / "notes.txt").write_text("not a picture")
    (good / "cut.jpg").write_bytes((good / "coffee.jpg").read_bytes()[:2000])
    (good / ".hidden").write_text("the file system's own")
    return bad, good


def evaluate(*arguments, capsys=None):
    call_command("evaluate", *map(str, arguments))
    return capsys.readouterr().out


def test_one_object_and_nothing_else_on_stdout(folders, capsys):
    bad, good = folders
    out = evaluate("quality", "--positive", bad, "--negative", good, "--json", capsys=capsys)
    report = json.loads(out)
    assert out.count("\n") == 1
    assert report.pop("ms_per_item").keys() == {"p50", "p95"}
    assert report == {
        "task": "quality",
        "model": {"name": "quality", "version": "1", "alias": "champion"},
        "n": 5,
        "errors": 2,
        "threshold": 0.5,
        "precision": 1.0,
        "recall": 1.0,
        "f1": 1.0,
        "auc": 1.0,
        "tp": 2,
        "fp": 0,
        "tn": 3,
        "fn": 0,
    }


def test_what_was_judged_wrongly_is_named_for_people(folders, capsys):
    bad, good = folders
    out = evaluate("quality", "--positive", good, "--negative", bad, capsys=capsys)
    assert "quality: quality 1 (champion)" in out
    assert out.count("wrong: ") == 5


def test_one_side_alone_has_no_auc(folders, capsys):
    report = json.loads(evaluate("quality", "--negative", folders[1], "--json", capsys=capsys))
    assert (report["auc"], report["recall"], report["precision"], report["fp"], report["tn"]) == (
        None,
        None,
        None,
        0,
        3,
    )


@pytest.mark.django_db
@pytest.mark.models
def test_a_face_is_measured_as_production_sees_it(models, folders, capsys):
    bad, good = folders
    report = json.loads(
        evaluate("face", "--positive", good / "deeper", "--negative", bad, "--model", "1", "--json", capsys=capsys)
    )
    assert (report["task"], report["tp"], report["tn"], report["n"]) == ("face", 1, 2, 3)


@pytest.mark.django_db
@pytest.mark.models
def test_texts_come_from_a_csv_file(models, tmp_path, capsys):
    file = tmp_path / "texts.csv"
    file.write_text(
        'tweet,class\n"What a lovely castle",2\n"you fucking idiot",1\n"I hate you, bitch",0\n', "utf-8-sig"
    )
    data = ("--csv", file, "--text", "tweet", "--label", "class", "--positive", "0,1", "--json")
    report = json.loads(evaluate("profanity", *data, capsys=capsys))
    assert (report["task"], report["n"], report["tp"], report["tn"]) == ("profanity", 3, 2, 1)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["smell", "--positive", "x"], r"invalid choice: 'smell' \(choose from .*face.*quality"),
        (["quality"], "Give folders with --positive and --negative"),
        (["quality", "--positive", "/no/such/folder"], "/no/such/folder is no folder"),
        (["quality", "--negative", "{tmp}", "--model", "challenger"], "There is no 'challenger' model of 'quality'"),
        (["quality", "--negative", "{tmp}", "--model", "9"], "There is no '9' model of 'quality'; there is: champion"),
        (["quality", "--negative", "{tmp}/empty"], "There is no file in the folders"),
        (["quality", "--csv", "{tmp}/a.csv"], "With --csv give --text COL"),
        (
            ["quality", "--csv", "{tmp}/a.csv", "--text", "a", "--label", "b", "--positive", "1"],
            "looks at images: give --pos",
        ),
        (
            ["quality", "--csv", "{tmp}/a.csv", "--text", "a", "--label", "c", "--positive", "1"],
            "no column 'c'; it has: a, b",
        ),
        (["quality", "--csv", "{tmp}/no.csv", "--text", "a", "--label", "c", "--positive", "1"], "cannot be read"),
    ],
)
def test_what_is_not_there_is_said_in_one_sentence(tmp_path, arguments, sentence):
    (tmp_path / "a.csv").write_text("a,b\nx,1\n")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError, match=sentence):
        call_command("evaluate", *(argument.format(tmp=tmp_path) for argument in arguments))


class Moody:
    """Fails at red pictures, likes blue ones."""

    card = Card("moody", "3", "image", "mood", "", "", "")

    def load(self):
        pass

    def look_many(self, parts):
        red, _, blue = parts[0].image.getpixel((0, 0))
        if red:
            raise ArithmeticError("red")
        return [Finding("moody", "pass", blue / 255, 0.5)]


def test_what_a_detector_fails_at_is_an_error_and_no_figure():
    colours = {"a": ("red", True), "b": ("blue", True), "c": ("black", True), "d": ("black", False)}
    items = [
        evaluation.Item(name, label, lambda colour=colour: Picture(Image.new("RGB", (4, 4), colour)))
        for name, (colour, label) in colours.items()
    ]
    counts = evaluation.run(Moody(), items)
    report = evaluation.report(Moody(), "champion", counts)
    assert counts.errors == ["a: ArithmeticError: red"]
    assert (report["n"], report["errors"]) == (3, 1)
    assert (report["tp"], report["fn"], report["tn"], report["fp"]) == (1, 1, 1, 0)
    assert (report["recall"], report["precision"], report["auc"]) == (0.5, 1.0, 0.75)
    assert evaluation.wrong(counts) == [("c", 0.0)]


SCORES = st.lists(st.sampled_from([0.0, 0.1, 0.5, 0.9]), min_size=1, max_size=30)


@given(SCORES, SCORES)
def test_auc_is_the_chance_that_a_positive_scores_higher(positive, negative):
    pairs = [(p > n) + (p == n) / 2 for p in positive for n in negative]
    assert evaluation.auc(np.array(positive), np.array(negative)) == pytest.approx(sum(pairs) / len(pairs))


def test_marked_places_are_measured_by_kind(tmp_path, capsys):
    text = "Call me on 22 34 51 78, my name is Freja Holm"
    spans = [
        {"start_position": text.index(piece), "end_position": text.index(piece) + len(piece), "entity_type": kind}
        for piece, kind in (("22 34 51 78", "PHONE_NUMBER"), ("Freja Holm", "PERSON"))
    ]
    missed = {"full_text": "A castle", "spans": [{"start_position": 0, "end_position": 8, "entity_type": "AGE"}]}
    file = tmp_path / "marked.json"
    file.write_text(json.dumps([{"full_text": text, "spans": spans}, missed, {"full_text": "A ship", "spans": []}]))
    report = json.loads(evaluate("pii", "--spans", file, "--json", capsys=capsys))
    assert (report["task"], report["n"], report["tp"], report["fp"], report["fn"], report["tn"]) == (
        "pii",
        3,
        2,
        0,
        1,
        1,
    )
    assert report["f1"] == pytest.approx(0.8)
    assert report["per_class"]["phone"]["f1"] == 1
    assert report["per_class"]["age"]["fn"] == 1


def test_texts_with_personal_details_are_measured_as_wholes_too(models, tmp_path, capsys):
    file = tmp_path / "texts.csv"
    file.write_text('text,label\n"mail me: emma@gmail.com",1\n"a castle",0\n')
    data = ("--csv", file, "--text", "text", "--label", "label", "--positive", "1", "--json")
    report = json.loads(evaluate("pii", *data, capsys=capsys))
    assert (report["tp"], report["tn"], report["n"]) == (1, 1, 2)


def test_a_file_of_another_shape_is_refused_in_a_sentence(tmp_path, capsys):
    file = tmp_path / "bad.json"
    file.write_text("[1]")
    with pytest.raises(CommandError, match="cannot be read as"):
        evaluate("pii", "--spans", file, capsys=capsys)
