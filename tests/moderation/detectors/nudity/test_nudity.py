"""Bricks, statues and dolls are no nudity, whatever their colour; one network alone refuses nothing.

There is no picture of nudity here: what is tried is the way from votes to a verdict, with votes that are given.
"""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter
from skimage import data as pictures

from moderation.detectors.base import Picture
from moderation.detectors.nudity.detector import HEAD_SURE, NudityDetector, Seen
from moderation.detectors.nudity.skin import Window, windows
from moderation.detectors.nudity.votes import NAMES, Votes

SKINS = {"light": (241, 194, 168), "medium": (198, 134, 96), "dark": (110, 70, 50), "brick": (255, 205, 160)}


def _studs(colour, size=(640, 480)):
    """A wall of bricks of one colour, with joints, studs and a light from the left."""
    picture = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(picture)
    dark = tuple(int(c * 0.8) for c in colour)
    for row, y in enumerate(range(0, size[1], 40)):
        draw.line((0, y, size[0], y), fill=dark, width=2)
        for x in range(-40 + 40 * (row % 2), size[0], 80):
            draw.line((x, y, x, y + 40), fill=dark, width=2)
            draw.ellipse((x + 12, y + 8, x + 34, y + 24), outline=dark, width=2)
    return picture


def _statue():
    """A grey torso of stone: shoulders, waist, hips."""
    picture = Image.new("RGB", (480, 640), (90, 110, 140))
    draw = ImageDraw.Draw(picture)
    draw.polygon([(120, 200), (360, 200), (310, 400), (340, 600), (140, 600), (170, 400)], fill=(205, 203, 198))
    draw.ellipse((190, 60, 290, 190), fill=(205, 203, 198))
    return picture.filter(ImageFilter.GaussianBlur(3))


def _baby():
    """A baby of bricks in a nappy: a round head and a body of the colour of skin, before a blue wall."""
    picture = Image.new("RGB", (600, 600), (110, 160, 215))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((220, 90, 380, 240), 40, fill=(250, 205, 165))
    for x in (270, 330):
        draw.ellipse((x - 7, 150, x + 7, 164), fill=(20, 20, 20))
    draw.rectangle((230, 240, 370, 420), fill=(250, 205, 165), outline=(200, 150, 110), width=4)
    draw.rectangle((225, 420, 375, 490), fill="white", outline=(200, 200, 200), width=4)
    return picture


@pytest.fixture(scope="module")
def detector(models):
    found = NudityDetector()
    found.load()
    return found


def _seen(detector, first, second):
    places = (Window(0, 0, 1, 1, 0.9), Window(0.25, 0.25, 0.5, 0.5, 0.9))
    votes = Votes(places, np.array(first, np.float32), np.array(second, np.float32))
    part = Picture(Image.new("RGB", (8, 8)), {detector._encoder.version: np.zeros(detector._encoder.dim, np.float32)})
    return part, Seen(part, votes, detector._encoder)


def _judge(detector, first, second):
    part, seen = _seen(detector, first, second)
    return detector.judge(part, seen, detector.head(), detector.head().sheet.threshold)


@pytest.mark.models
@pytest.mark.parametrize(
    "picture", [*(_studs(c) for c in SKINS.values()), _statue(), _baby()], ids=[*SKINS, "statue", "baby"]
)
def test_bricks_and_statues_pass(detector, picture):
    assert detector.look_many([Picture(picture)])[0].verdict == "pass"


@pytest.mark.models
@pytest.mark.parametrize("name", ["astronaut", "chelsea", "coffee", "rocket", "camera"])
def test_photos_are_not_refused(detector, name):
    picture = Image.fromarray(getattr(pictures, name)()).convert("RGB")
    assert detector.look_many([Picture(picture)])[0].verdict != "reject"


@pytest.mark.models
def test_what_has_no_skin_in_it_asks_nobody(detector):
    finding = detector.look_many([Picture(_studs((20, 90, 200)))])[0]
    assert (finding.verdict, finding.score, finding.inputs) == ("pass", 0.0, {})


@pytest.mark.models
def test_both_networks_at_one_place_refuse_and_point_there(detector):
    finding = _judge(detector, [0.6, 0.99], [0.5, 0.99])
    assert (finding.verdict, finding.reason) == ("reject", "nudity")
    assert finding.score >= HEAD_SURE
    (box,) = finding.evidence
    assert (box.x, box.y, box.w, box.h) == (0.25, 0.25, 0.5, 0.5)


@pytest.mark.models
@pytest.mark.parametrize(
    ("first", "second"),
    [([0.99, 0.99], [0.0, 0.5]), ([0.05, 0.85], [0.99, 0.99]), ([0.95, 0.3], [0.2, 0.99])],
    ids=["the first alone", "the second alone is sure", "sure at different places"],
)
def test_one_alone_refuses_nothing_but_a_person_sees_it(detector, first, second):
    finding = _judge(detector, first, second)
    assert (finding.verdict, finding.reason) == ("flag", "nudity")


@pytest.mark.models
def test_no_head_refuses_alone(detector):
    """A challenger that is sure of everything flags; the two networks still have to agree."""

    class Sure:
        sheet = detector.head().sheet

        def score(self, vectors):
            return np.full(len(vectors), 0.999, np.float32)

    part, seen = _seen(detector, [0.2, 0.2], [0.99, 0.99])
    assert detector.judge(part, seen, Sure(), 0.5).verdict == "flag"


@pytest.mark.models
def test_what_was_doubted_comes_along_for_the_next_head(detector):
    inputs = _judge(detector, [0.2, 0.2], [0.1, 0.1]).inputs
    (row,) = inputs[detector.reads()]
    assert row.shape == (detector._encoder.dim + len(NAMES),)
    assert row.shape == (detector.head().sheet.dim,)


@pytest.mark.models
def test_the_second_network_still_knows_what_it_learned_first(models):
    """Its network is built anew from its constants: built wrongly, it would not know a cat."""
    import onnx

    from featurestore.encoders.session import open_session

    model = onnx.load(str(models / "nudity" / "mobilenet.onnx"))
    model.graph.output.append(onnx.helper.make_tensor_value_info("classes", onnx.TensorProto.FLOAT, ["n", 1001]))
    pixels = np.asarray(Image.fromarray(pictures.chelsea()).resize((224, 224)))[None]
    classes = open_session(model.SerializeToString()).run(["classes"], {"pixels": pixels})[0][0]
    assert 282 <= int(classes.argmax()) <= 286  # ImageNet's five house cats, after one class for the background


@pytest.mark.parametrize("tone", SKINS)
def test_skin_of_every_tone_is_looked_at(tone):
    picture = Image.new("RGB", (300, 200), "white")
    picture.paste(SKINS[tone], (50, 20, 250, 180))
    assert windows(picture)[0].skin > 0.5


def test_a_grey_photo_is_looked_at_and_a_white_one_is_not():
    assert windows(Image.fromarray(pictures.camera()).convert("RGB"))[0].skin > 0.5
    assert windows(Image.new("RGB", (300, 200), "white"))[0].skin == 0
