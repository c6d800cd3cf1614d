"""How the shipped head is made: fair parts, a calibrated probability, an export that says what torch says."""

import json
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurestore.encoders.base import ModelMissing
from featurestore.heads.head import Head
from moderation.detectors.profanity import grams
from moderation.detectors.profanity.gram_fit import cross_votes
from moderation.detectors.profanity.gram_fit import fit as fit_grams
from moderation.detectors.profanity.train import calibrate, choose_threshold, cross_fit, export, f1, fit, logits
from moderation.detectors.profanity.training_data import PARTS, SOURCES, Row, read_multi, read_own, read_tweets
from moderation.detectors.profanity.votes import NAMES

DIM = 12


def _letters(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number))


def _rows(count: int = 2000) -> tuple[list[Row], np.ndarray, np.ndarray]:
    """Rows whose vectors tell, noisily, whether they are rude."""
    chance = np.random.default_rng(7)
    rude = chance.random(count) < 0.4
    x = chance.normal(size=(count, DIM + len(NAMES))).astype(np.float32)
    x[:, 0] += 3 * rude
    x[:, DIM:] = 0
    rows = [Row(_letters(number), "en", bool(each), "tweets") for number, each in enumerate(rude)]
    return rows, x, rude.astype(np.float32)


def test_a_language_of_its_own_is_learned_and_spelling_counts_more_where_it_was_taught():
    """Two languages in which the same number means the opposite; a third is nobody's."""
    chance = np.random.default_rng(3)
    language = chance.integers(0, 3, 3000)
    x = np.zeros((3000, DIM + len(NAMES)), np.float32)
    x[:, :DIM] = chance.normal(size=(3000, DIM))
    x[np.arange(3000), 1 + language] += 6
    y = ((x[:, 0] > 0) ^ (language == 1)).astype(np.float32)
    network = fit(x, y, np.where(language == 2, 0, 1).astype(np.float32), DIM, language)
    taught = language < 2
    assert ((logits(network, x) > 0) == (y > 0.5))[taught].mean() > 0.9
    spelled = x.copy()
    spelled[:, -1] = 0.5
    more = logits(network, spelled) - logits(network, x)
    assert more[taught].mean() > 1.5 * more[~taught].mean() > 0


def test_n_grams_learn_spelling_and_say_the_same_after_writing(tmp_path):
    texts = [f"{word} {rest}" for rest in ("castle", "tower", "ship", "dragon", "bus") for word in ("grmpf", "lovely")]
    y = np.array([text.startswith("grmpf") for text in texts], np.float32)
    cells = [grams.cells(text) for text in texts]
    weight = np.ones(len(texts), np.float32)
    model = fit_grams(cells, y, weight)
    assert model.logit("a grmpf house") > 0 > model.logit("a lovely house")
    grams.write(model, tmp_path)
    assert grams.read(tmp_path).logit("a grmpf house") == pytest.approx(model.logit("a grmpf house"), abs=1e-4)
    fair = cross_votes(cells, y, weight, np.arange(len(texts)) // 2)
    assert (fair[y > 0.5] > fair[y < 0.5].max()).all()


@given(st.text(max_size=60))
def test_cells_are_places_once_each_and_the_same_for_disguising_accents_and_capitals(text):
    found = grams.cells(text)
    assert len(set(found.tolist())) == len(found)
    assert len(found) == 0 or (found.min() >= 0 and found.max() < grams.CELLS)
    assert (grams.cells("ÉCOLE") == grams.cells("ecole")).all()


def test_korean_is_taken_apart():
    assert len(grams.tidy("한국")) == 6


@given(st.text(max_size=80), st.sampled_from(["@somebody ", "RT @x: ", "http://t.co/abc ", "!!! ", "12 "]))
def test_near_copies_fall_into_one_part(text, noise):
    row = Row(text, "en", False, "tweets")
    assert 0 <= row.part < PARTS
    assert Row(noise + text, "en", False, "tweets").part == row.part or not text.isascii()


def test_parts_are_about_equal():
    parts = [Row(_letters(number), "en", False, "tweets").part for number in range(700)]
    sizes = np.bincount(parts, minlength=PARTS)
    assert sizes.min() > 0
    assert sizes.max() < 4 * sizes.mean()


def test_files_are_read_as_they_are_labelled(tmp_path):
    tweets = tmp_path / "tweets.csv"
    tweets.write_text('text,label\n"a, b",hate\nnice,neither\nugh,offensive\n')
    assert [(row.text, row.rude) for row in read_tweets(tweets)] == [("a, b", True), ("nice", False), ("ugh", True)]
    multi = tmp_path / "multi_de.csv"
    multi.write_text("text,toxic,source\nschön,0,cold\ndoof,1,conda\n")
    kept = [(row.language, row.rude, row.source) for row in read_multi(multi)]
    assert kept == [("de", False, "cold"), ("de", True, "conda")]
    card = files("moderation.detectors.profanity").joinpath("card.md").read_text("utf-8")
    assert [source for source in SOURCES if f"`{source}`" not in card] == [], "the card says under which licence"
    assert {row.source for row in read_own()} == {"own", "names"}


def test_the_head_learns_is_calibrated_and_exported_as_it_is(tmp_path):
    rows, x, y = _rows()
    weight = np.ones(len(rows), np.float32)
    fair = cross_fit(rows, x, y, weight, DIM)
    slope, shift = calibrate(fair, y, weight)
    p = 1 / (1 + np.exp(-(fair * slope + shift)))
    assert f1(p > 0.5, y > 0.5) > 0.85
    assert abs(p.mean() - y.mean()) < 0.02
    assert 0.2 <= choose_threshold(p, [*rows[:-1], Row("kind", "en", False, "own")], y) <= 1
    network = fit(x, y, weight, DIM)
    sheet = {
        "task": "profanity",
        "version": "t",
        "encoder": "e",
        "dim": x.shape[1],
        "threshold": 0.5,
        "made_by": "a test",
        "data": "noise",
        "metrics": {},
    }
    export(network, tmp_path, sheet, x[:50])
    np.testing.assert_allclose(Head.read(tmp_path, "e").score(x), 1 / (1 + np.exp(-logits(network, x))), atol=1e-5)
    assert json.loads((tmp_path / "head.json").read_text())["threshold"] == 0.5
    with pytest.raises(ModelMissing):
        Head.read(tmp_path, "another encoder")
