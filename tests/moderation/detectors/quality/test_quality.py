"""Spoiled pictures are noticed, good ones are left alone, whatever they show."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter
from skimage import data as pictures

from moderation.detectors.base import Picture
from moderation.detectors.quality.degrade import SPOILS, main
from moderation.detectors.quality.detector import QualityDetector
from moderation.detectors.quality.faults import FAULTS, THRESHOLD, worst
from moderation.detectors.quality.measures import band, measure

GOOD = ["astronaut", "chelsea", "coffee", "rocket", "coins", "camera", "brick", "page", "text", "motorcycle"]


def look(picture):
    return QualityDetector().look_many([Picture(picture)])[0]


def _good(name):
    if name == "motorcycle":
        return Image.fromarray(pictures.stereo_motorcycle()[0])
    return Image.fromarray(getattr(pictures, name)()).convert("RGB")


def _catalogue():
    """A figure before white, three quarters of it empty."""
    picture = Image.new("RGB", (600, 800), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((250, 300, 350, 420), fill=(200, 30, 30))
    draw.rectangle((265, 220, 335, 300), fill=(250, 205, 30))
    draw.ellipse((280, 245, 290, 255), fill="black")
    draw.ellipse((310, 245, 320, 255), fill="black")
    return picture


def _drawn():
    """A build of flat bricks before a flat blue: few colours, no texture."""
    picture = Image.new("RGB", (900, 675), (120, 170, 220))
    draw = ImageDraw.Draw(picture)
    for n in range(6):
        draw.rectangle((200 + 60 * n, 500 - 50 * n, 260 + 60 * n, 600), fill=(200, 20 + 30 * n, 40), outline=(90, 0, 0))
    return picture


@pytest.mark.parametrize("name", GOOD)
def test_good_photos_are_left_alone(name):
    finding = look(_good(name))
    assert (finding.verdict, finding.reason, finding.note, finding.evidence) == ("pass", "", "", ())


@pytest.mark.parametrize("picture", [_catalogue(), _drawn()], ids=["catalogue", "drawn"])
def test_flat_backgrounds_are_no_fault(picture):
    assert look(picture).verdict == "pass"


def test_a_shallow_depth_is_no_blur():
    """Only the build in the middle is sharp."""
    photo = _good("coffee")
    soft = photo.filter(ImageFilter.GaussianBlur(12))
    soft.paste(photo.crop((180, 100, 420, 300)), (180, 100))
    assert look(soft).verdict == "pass"


@pytest.mark.parametrize("spoil", sorted(set(SPOILS) - {"screenshot"}))
@pytest.mark.parametrize("name", ["chelsea", "coffee", "rocket", "motorcycle"])
def test_spoiled_photos_are_refused_with_a_reason(name, spoil):
    for seed in range(5):
        finding = look(SPOILS[spoil](_good(name), np.random.default_rng(seed)))
        assert finding.verdict == "reject"
        assert finding.reason == "bad_picture"
        assert finding.note.endswith(".")


def test_the_reason_that_says_most_is_given():
    assert look(Image.new("RGB", (640, 480))).note == "The picture is black."
    assert look(Image.new("RGB", (640, 480), "white")).note == "The picture is white."
    assert look(Image.new("RGB", (640, 480), (200, 40, 40))).note == "The picture shows one colour and nothing else."
    blurred = SPOILS["blurred"](_good("coffee"), np.random.default_rng(1))
    assert look(blurred).note == "The picture is blurred everywhere."


@pytest.mark.parametrize("name", ["coffee", "motorcycle", "rocket"])
def test_a_screenshot_s_frame_goes_to_a_person_with_its_place(name):
    finding = look(SPOILS["screenshot"](_good(name), np.random.default_rng(3)))
    assert (finding.verdict, finding.note) == ("flag", "The picture has the frame of a screenshot.")
    above, below = finding.evidence
    assert (above.y, above.w, above.label) == (0, 1, "frame")
    assert below.y + below.h == pytest.approx(1)
    assert above.h > 0.05 < below.h


@given(st.integers(0, 80), st.integers(20, 80), st.integers(0, 255))
def test_a_band_is_measured_where_it_is(height, rest, colour):
    rng = np.random.default_rng(7)
    picture = (colour + 128 + rng.integers(0, 90, (rest, 60))) % 256  # nothing in it is near to the band's colour
    light = np.concatenate([np.full((height, 60), colour), picture]).astype(np.float32)
    expected = height / (height + rest)
    # Below 2 % of the height the outermost rows already belong to the picture.
    assert band(light) == (pytest.approx(expected) if height >= max(1, len(light) // 50) else 0)


@given(st.integers(0, 255), st.integers(1, 400), st.integers(1, 400))
def test_one_colour_is_refused_at_any_size(value, width, height):
    finding = look(Image.new("RGB", (width, height), (value, 255 - value, value)))
    assert finding.verdict == "reject"


@given(st.integers(0, 2**32 - 1))
def test_scores_stay_in_their_range_and_follow_their_limits(seed):
    rng = np.random.default_rng(seed)
    height, width = rng.integers(1, 60, 2)
    low, high = sorted(rng.integers(0, 256, 2))
    pixels = rng.integers(low, high + 1, (height, width, 3)).astype(np.uint8)
    measures = measure(Image.fromarray(pixels))
    for fault in FAULTS:
        assert 0 <= fault.score(measures) <= 1
    assert worst(measures)[1] == max(fault.score(measures) for fault in FAULTS)


def test_every_limit_leads_from_doubt_to_certainty():
    for fault in FAULTS:
        good = measure(_good("coffee"))
        assert fault.score(good) < THRESHOLD


def test_the_script_spoils_the_same_pictures_in_the_same_way(tmp_path):
    source = tmp_path / "good"
    source.mkdir()
    _good("coffee").save(source / "coffee.png")
    for out in ("one", "two"):
        main([str(tmp_path / out), str(source), "--each", "2"])
    made = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.jpg"))
    assert len(made) == 2 * len(SPOILS)
    assert all((tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes() for path in made)
