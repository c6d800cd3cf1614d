"""A person's face is refused, a figure's is not."""

import io

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter, ImageOps
from skimage import data as pictures

from featurestore.encoders import image_encoder
from moderation.detectors.base import Picture
from moderation.detectors.face.detector import UNSURE, FaceDetector

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def look(models):
    detector = FaceDetector()
    detector.load()
    return lambda picture: detector.look_many([Picture(picture)])[0]


@pytest.fixture(scope="module")
def astronaut():
    return Image.fromarray(pictures.astronaut())


def _printed(picture):
    """A photo of a photo on a table, turned."""
    table = Image.new("RGB", (1000, 800), (150, 110, 70))
    sheet = ImageOps.expand(ImageEnhance.Contrast(picture.resize((330, 330))).enhance(0.7), 18, "white")
    table.paste(sheet.rotate(8, expand=True, fillcolor=(150, 110, 70)), (240, 190))
    return table


def _jpeg(picture):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=30)
    return Image.open(file).convert("RGB")


WAYS = {
    "as it is": lambda p: p,
    "mirrored": ImageOps.mirror,
    "grey": lambda p: ImageOps.grayscale(p).convert("RGB"),
    "dim": lambda p: ImageEnhance.Brightness(p).enhance(0.35),
    "soft": lambda p: p.filter(ImageFilter.GaussianBlur(3)),
    "small": lambda p: p.resize((160, 160)),
    "turned": lambda p: p.rotate(20),
    "printed": _printed,
    "squeezed": _jpeg,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_person_s_face_is_refused(look, astronaut, way):
    finding = look(WAYS[way](astronaut))
    assert finding.verdict == "reject"
    assert finding.reason == "face"
    assert finding.note == "A person's face can be seen."


def test_the_box_is_where_the_face_is(look, astronaut):
    (box,) = look(astronaut).evidence
    assert box.x < 0.44 < box.x + box.w
    assert box.y < 0.22 < box.y + box.h
    assert box.score == pytest.approx(look(astronaut).score)


def test_the_likeliest_crop_s_vector_comes_along(look, astronaut):
    encoder = image_encoder()
    rows = look(astronaut).inputs[encoder.version]
    assert 1 <= len(rows) <= 2
    assert rows.shape[1] == encoder.dim


@pytest.mark.parametrize(
    "name", ["chelsea", "coffee", "brick", "rocket", "page", "moon", "text", "coins", "clock", "horse"]
)
def test_things_and_animals_are_left_alone(look, name):
    array = getattr(pictures, name)()
    picture = Image.fromarray(array if array.dtype == np.uint8 else (array * 255).astype(np.uint8)).convert("RGB")
    finding = look(picture)
    assert (finding.verdict, finding.reason, finding.evidence) == ("pass", "", ())
    assert finding.score < UNSURE


def test_a_face_in_the_corner_of_a_large_picture_is_found(look, astronaut):
    scene = Image.fromarray(pictures.coffee()).resize((1280, 960))
    scene.paste(astronaut.crop((140, 20, 320, 240)).resize((90, 110)), (1150, 40))
    finding = look(scene)
    assert finding.verdict == "reject"
    assert finding.evidence[0].x > 0.88


def test_where_one_look_leaves_a_doubt_three_agree(models, astronaut, monkeypatch):
    """0.5, 0.9 and 0.1 are of one mind in the middle; a place that is clear at once is not looked at again."""
    detector = FaceDetector()
    detector.load()
    asked = []

    def score(vectors):
        asked.append(len(vectors))
        return np.array([[0.6], [0.9, 0.1]][len(vectors) - 1], np.float32)

    monkeypatch.setattr(detector._head, "score", score)
    finding = detector.look_many([Picture(astronaut)])[0]
    assert asked == [1, 2]
    assert finding.score == pytest.approx(1 / (1 + 1.5 ** (-1 / 3)), abs=1e-4)
    monkeypatch.setattr(
        detector._head, "score", lambda vectors: asked.append(len(vectors)) or np.array([0.99], np.float32)
    )
    assert detector.look_many([Picture(astronaut)])[0].score == pytest.approx(0.99)
    assert asked == [1, 2, 1]
