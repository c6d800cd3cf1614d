"""`manage.py evaluate theme`, with the shipped heads and with ones that were trained by the commands themselves."""

import csv
import json

import numpy as np
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from PIL import Image, ImageDraw

from engagement.themes import actions, classifier, registered, train_pictures, train_texts
from engagement.themes.classifier import Seen
from engagement.themes.evaluating import ThemeEvaluator
from engagement.themes.models import Theme

TEXTS = [
    ("My Millennium Falcon with Chewbacca and a droid", "star-wars"),
    ("Hogwarts library, Hermione reads about potions", "Harry Potter"),
    ("Min nye brandbil og brandstation med brandmænd", "city"),
    ("T. rex breaks out of the Jurassic Park paddock", "dinosaurs"),
    ("Creeper attack on the village, Steve has a diamond sword", "minecraft"),
]


def evaluate(*arguments, capsys):
    call_command("evaluate", "theme", *map(str, arguments), "--json")
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    return json.loads(out)


@pytest.fixture
def table(tmp_path):
    def table(rows, name="texts.csv"):
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("words", "of"), *rows])
        return tmp_path / name

    return table


@pytest.mark.models
def test_texts_of_children_get_their_theme(models, db, table, capsys):
    report = evaluate("--csv", table(TEXTS), "--text", "words", "--label", "of", capsys=capsys)
    assert report["task"] == "theme"
    assert report["model"] == {"name": "theme-text", "version": "1", "alias": "champion"}
    assert (report["n"], report["errors"], report["accuracy"], report["macro_f1"]) == (5, 0, 1.0, 1.0)
    assert report["per_class"]["jurassic-world"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0, "n": 1}
    assert report["ms_per_item"]["p50"] > 0
    assert 0 < report["threshold"] < 1


@pytest.mark.models
def test_the_taxonomy_of_today_answers(models, lead):
    judge = classifier.classifier()
    assert judge.look([Seen("Darth Vader and a stormtrooper")])[0].theme == "star-wars"
    actions.merge_themes(lead, [Theme.objects.get(slug="star-wars")], Theme.objects.get(slug="space"))
    merged, silent = classifier.classifier().look([Seen("Darth Vader and a stormtrooper"), Seen()])
    assert merged.theme == "space"
    assert (silent.theme, silent.best) == (None, "")


@pytest.mark.models
def test_heads_that_were_trained_here_serve(models, db, tmp_path, table, settings, capsys):
    rng = np.random.default_rng(0)
    rows = [
        (f"{own} {rng.integers(99)} {extra}", theme)
        for theme, own in (("castle", "Knight with a lance"), ("train", "Steam locomotive"))
        for extra in ("red", "blue", "old", "big", "small", "new")
        for _ in range(2)
    ]
    file = table(rows)
    folder = tmp_path / "pictures"
    for theme, colour in (("castle", "gray"), ("train", "red")):
        (folder / theme).mkdir(parents=True)
        for figure in range(5):
            for turn in range(1):
                picture = Image.new("RGB", (160, 120), (200, 190, 10 * figure))
                draw = ImageDraw.Draw(picture)
                shape = draw.rectangle if theme == "castle" else draw.ellipse
                shape((50 + turn * 9, 30, 100 + figure * 4, 100), fill=colour)
                picture.save(folder / theme / f"built_{figure:02}_{turn}.png")
    out = tmp_path / "heads"
    models_dir = str(settings.MODELS_DIR)
    arguments = ["--models", models_dir, "--out", str(out), "--version", "7"]
    train_texts.main(["--csv", str(file), "--text", "words", "--label", "of", *arguments])
    train_pictures.main(["--images", str(folder), *arguments])
    capsys.readouterr()
    settings.THEME_HEADS = out
    report = evaluate("--images", folder, "--model", "7", capsys=capsys)
    assert (report["model"]["name"], report["model"]["version"]) == ("theme-picture", "7")
    assert (report["n"], report["accuracy"]) == (10, 1.0)
    report = evaluate("--csv", file, "--text", "words", "--label", "of", capsys=capsys)
    assert (report["n"], report["accuracy"]) == (24, 1.0)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Give --csv FILE with --text COL and --label COL, or --images DIR"),
        (["--csv", "x.csv"], "Give --csv FILE"),
        (["--images", "{tmp}"], "has no folders"),
    ],
)
def test_what_is_missing_is_said(tmp_path, arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        call_command("evaluate", "theme", *(argument.format(tmp=tmp_path) for argument in arguments))


@pytest.mark.models
def test_a_version_of_the_registry_is_measured_whether_it_serves_or_not(models, db, tmp_path, table, capsys):
    """The first one is champion; a newer one serves nobody, and is measured by its number."""
    registered.take(classifier.SHIPPED)
    assert evaluate("--csv", table(TEXTS), "--text", "words", "--label", "of", capsys=capsys)["model"]["version"] == "1"
    rows = [
        (f"{own} {n}", theme) for n in range(12) for theme, own in (("castle", "Knight"), ("train", "Steam engine"))
    ]
    arguments = ["--models", str(settings.MODELS_DIR), "--out", str(tmp_path / "two")]
    file = table(rows, "two.csv")
    train_texts.main(["--csv", str(file), "--text", "words", "--label", "of", *arguments])
    capsys.readouterr()
    row = registered.take(tmp_path / "two")
    report = evaluate("--csv", file, "--text", "words", "--label", "of", "--model", row.version, capsys=capsys)
    assert report["model"] == {"name": "theme-text", "version": "2", "alias": None}
    assert (report["accuracy"], report["themes_of_the_model"]) == (1.0, ["castle", "train"])
    with pytest.raises(CommandError, match=r"there is: champion, version 1, 2"):
        evaluate("--csv", file, "--text", "words", "--label", "of", "--model", "3", capsys=capsys)


@pytest.mark.models
def test_another_model_is_not_made_up(models, db):
    with pytest.raises(Exception, match="There is no 'challenger' model of 'theme'; there is: champion, version 1"):
        ThemeEvaluator().run([], "challenger")
