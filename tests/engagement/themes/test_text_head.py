"""Words, n-grams and the text head: what is learned, what is kept in the file, what the shipped one says."""

import json
from dataclasses import replace
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagement.themes import sheet
from engagement.themes.classifier import SHIPPED
from engagement.themes.fit_text import cross_validated, fit
from engagement.themes.lexicon import Lexicon, ThemeWords, folded, shipped, tokens
from engagement.themes.ngrams import Table, hashes
from engagement.themes.text_head import Inputs, TextHead, packed
from featurestore.encoders.base import ModelMissing

WORDS = [
    ThemeWords("sea", "Sea", known=("nemo",), keywords={"en": ("boat",)}),
    ThemeWords("sky", "Sky", known=("zed",)),
]


def test_terms_are_whole_tokens_and_the_longest_wins():
    lexicon = Lexicon([(0, "Red Robin"), (1, "robin"), (0, "solo"), (1, "Solo"), (1, "我的世界")], 2)
    assert lexicon.found("red robins' nest") == [{0}]
    assert lexicon.found("Robin's nest, resolute") == [{1}]
    assert lexicon.score(["solo"]).tolist() == [[np.float32(0.5**0.5)] * 2]
    assert lexicon.found("在我的世界里") == [{1}]
    assert tokens("Pokémon’s Kings") == ["pokemon", "king"]


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_sorted_distinct_hashes_and_case_does_not_matter(text):
    found = hashes(text)
    assert (np.diff(found.astype(np.int64)) > 0).all()
    if folded(text.upper()) == folded(text):
        assert (hashes(text.upper()) == found).all()


def test_rows_of_a_table_have_unit_length_and_single_ngrams_are_not_kept():
    rows = [hashes("a red castle"), hashes("the red castle"), hashes("zzyzx")]
    table = Table.learned(rows, 2)
    lengths = np.asarray(table.matrix(rows).power(2).sum(1)).ravel()
    assert lengths == pytest.approx(1)
    assert crc32(b"w1castle") in table.known
    assert crc32(b"w1zzyzx") not in table.known  # what was seen once says nothing of another text
    assert table.matrix([]).shape == (0, len(table.known))


@pytest.fixture(scope="module")
def learned():
    """Two themes that differ in words; half of the texts say nothing but a name from the list."""
    rng = np.random.default_rng(0)
    texts, y = [], []
    for i in range(160):
        theme = i % 2
        filler = " ".join(rng.choice(["red", "blue", "old", "new", "big"], 3))
        own = (("wave", "harbour", "Nemo"), ("cloud", "wing", "Zed"))[theme][i // 2 % 3]
        texts.append(f"{filler} {own}")
        y.append(theme)
    vectors = rng.normal(size=(160, 8)).astype(np.float32)
    inputs = Inputs(texts, vectors, WORDS)
    return texts, vectors, inputs, np.array(y)


def test_a_head_learns_and_says_the_same_from_its_file(learned, tmp_path):
    texts, vectors, inputs, y = learned
    p = cross_validated(inputs, y, 2)
    assert (p.argmax(1) == y).mean() > 0.97
    head = fit(inputs, y, 2, np.arange(len(y)))
    made = sheet.write(
        tmp_path,
        "text",
        packed(head.table, head.weight, head.bias),
        name="t",
        version="1",
        encoder="e",
        themes=("sea", "sky"),
        thresholds={"0.10": 0.5},
        made_by="",
        data="",
        prior=(0.5, 0.5),
    )
    served = TextHead(tmp_path, "e", WORDS)
    assert served.sheet == made
    assert served.score(texts, vectors) == pytest.approx(head.score(inputs, np.arange(len(y))), abs=0.03)
    # A name that is added to the taxonomy counts at once: nobody trains for it.
    nothing = np.zeros((1, 8), np.float32)
    knows = TextHead(tmp_path, "e", [replace(WORDS[0], known=("nemo", "squirt")), WORDS[1]])
    assert knows.score(["Squirt"], nothing)[0, 0] > served.score(["Squirt"], nothing)[0, 0] + 0.1


def test_another_encoder_or_a_changed_file_is_refused(learned, tmp_path):
    _, _, inputs, y = learned
    head = fit(inputs, y, 2, np.arange(len(y)))
    about = {"name": "t", "version": "1", "encoder": "e", "themes": ("sea", "sky"), "thresholds": {}, "made_by": ""}
    sheet.write(tmp_path, "text", packed(head.table, head.weight, head.bias), data="", **about)
    with pytest.raises(ModelMissing, match="reads e, not f"):
        TextHead(tmp_path, "f")
    file = tmp_path / "text.npz"
    file.write_bytes(file.read_bytes()[:-1] + b"!")
    with pytest.raises(ModelMissing, match="not what its sheet says"):
        TextHead(tmp_path, "e")
    with pytest.raises(ModelMissing, match="No such file"):
        TextHead(tmp_path / "none")


def test_a_pickle_in_the_file_is_not_opened(tmp_path):
    about = {"name": "t", "version": "1", "encoder": "e", "themes": (), "thresholds": {}, "made_by": "", "data": ""}
    with pytest.raises(ValueError, match="allow_pickle=False"):
        sheet.write(tmp_path, "text", {"known": np.array([object()])}, **about)


def test_a_risk_between_two_known_ones_takes_the_stricter(tmp_path):
    made = sheet.write(
        tmp_path, "text", {}, name="", version="", encoder="", themes=(), made_by="", data="",
        thresholds={"0.05": 0.8, "0.10": 0.6},
    )  # fmt: skip
    assert (made.threshold(0.1), made.threshold(0.07), made.threshold(0.01)) == (0.6, 0.8, 1.0)


@settings(deadline=None, max_examples=20)
@given(st.integers(3, 20), st.integers(0, 99))
def test_packing_moves_a_weight_by_half_a_step_at_most(n, seed):
    weight = np.random.default_rng(seed).normal(size=(n + 4, 3))
    table = Table(np.arange(n, dtype=np.uint32), np.ones(n, np.float32))
    arrays = packed(table, weight, np.zeros(3))
    assert (np.abs(arrays["grams"] * arrays["step"] - weight[:n]) <= arrays["step"] / 2 + 1e-6).all()


def test_what_is_shipped_names_its_source_and_reached_its_goals():
    raw = json.loads((SHIPPED / "text.json").read_text())
    assert "Rebrickable" in raw["data"]
    assert set(raw["themes"]) == {words.slug for words in shipped()}
    assert raw["metrics"]["macro_f1"] >= 0.88
    assert raw["metrics"]["calibration_error"] <= 0.03
    assert raw["metrics"]["right_after_abstaining_5_percent"] >= 0.9
    assert (SHIPPED / "text.npz").stat().st_size < 2_000_000
