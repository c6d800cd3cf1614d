"""The image encoder: what it promises, on real weights."""

import multiprocessing
import os

import numpy as np
import pytest
from PIL import Image
from skimage import data as pictures

from featurestore.encoders import image_encoder
from featurestore.encoders.image import load

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def encoder(models):
    return load(models)


@pytest.fixture(scope="module")
def samples():
    return [Image.fromarray(array) for array in (pictures.astronaut(), pictures.chelsea(), pictures.coffee())]


def test_vectors_have_the_shape_and_the_parts_that_were_promised(encoder, samples):
    vectors = encoder.encode(samples)
    assert vectors.shape == (3, 1632) == (3, encoder.dim)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors[:, :1280], axis=1), 1, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(vectors[:, 1280:], axis=1), 1, atol=1e-4)
    assert encoder.version == "efficientnet-lite2-9656183e-p1"


def test_a_batch_says_exactly_what_single_pictures_say(encoder, samples):
    alone = np.concatenate([encoder.encode([sample]) for sample in samples])
    np.testing.assert_array_equal(encoder.encode(samples), alone)
    np.testing.assert_array_equal(encoder.encode(samples[::-1]), alone[::-1])
    assert encoder.encode([]).shape == (0, 1632)


def test_like_pictures_have_like_vectors(encoder, samples):
    astronaut, cat, coffee = encoder.encode(samples)
    smaller = encoder.encode([samples[0].resize((300, 300))])[0]
    assert astronaut @ smaller > 1.6  # of 2: both parts have unit length
    assert max(astronaut @ cat, astronaut @ coffee, cat @ coffee) < 1.2


@pytest.mark.parametrize("size", [(1, 1), (8000, 50), (3, 900), (260, 260)])
def test_every_size_gives_a_finite_vector(encoder, size):
    for mode in ("RGB", "L", "RGBA"):
        assert np.isfinite(encoder.encode([Image.new(mode, size)])).all()


def _in_child(queue, expected):
    queue.put(
        (os.getpid(), float(np.abs(image_encoder().encode([Image.new("RGB", (64, 64), "red")])[0] - expected).max()))
    )


def test_a_forked_child_loads_its_own(models):
    """An encoder that was used before a fork must not be reached from the child: it could hang there."""
    expected = image_encoder().encode([Image.new("RGB", (64, 64), "red")])[0]
    fork = multiprocessing.get_context("fork")
    queue = fork.Queue()
    child = fork.Process(target=_in_child, args=(queue, expected))
    child.start()
    pid, difference = queue.get(timeout=60)
    child.join(10)
    assert child.exitcode == 0
    assert pid != os.getpid()
    assert difference == 0
    assert image_encoder() is image_encoder()
