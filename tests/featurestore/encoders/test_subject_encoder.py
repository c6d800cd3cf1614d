"""The encoder that sees a thing and hardly what is behind it."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from featurestore.encoders.image import load
from featurestore.encoders.subject_export import wheel_file

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def encoder(models):
    return load(models, "subject")


def figure(ground, coat):
    """A man of bricks on a ground of one colour."""
    picture = Image.new("RGB", (320, 320), ground)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((140, 80, 180, 120), fill="yellow")
    draw.rectangle((120, 120, 200, 190), fill=coat)
    draw.rectangle((125, 190, 195, 250), fill="black")
    return picture


def test_vectors_are_of_unit_length_and_a_batch_is_its_pictures(encoder):
    pictures = [figure("tan", "red"), figure("navy", "green").resize((90, 500)), figure("white", "red").convert("L")]
    together = encoder.encode(pictures)
    assert together.shape == (3, encoder.dim)
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    for row, picture in zip(together, pictures, strict=True):
        assert row == pytest.approx(encoder.encode([picture])[0], abs=1e-6)


def test_what_is_behind_a_thing_counts_less_than_with_the_other_encoder(encoder, models):
    """Alike: the same figure on another ground; unlike: the ground alone."""
    shown = [figure("tan", "red"), figure("gray", "red"), Image.new("RGB", (320, 320), "tan")]

    def preference(vectors):
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return float(unit[0] @ unit[1] - unit[0] @ unit[2])

    ours = preference(encoder.encode(shown))
    assert ours > 0
    assert ours > preference(load(models).encode(shown))


def test_the_file_is_the_one_in_the_package():
    assert wheel_file().stat().st_size > 90_000_000
