"""A code that leads somewhere is shown to a person, with its place; others pass."""

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from skimage import data as pictures

from moderation.detectors.base import Picture
from moderation.detectors.codes.detector import Codes
from moderation.detectors.codes.meaning import act
from moderation.detectors.codes.reading import read

QR, MATRIX, EAN = zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.EAN13


@pytest.fixture(scope="module")
def look():
    detector = Codes()
    detector.load()
    return lambda picture: detector.look_many([Picture(picture)])[0]


def _scene(text, degrees=0, kind=QR):
    """A code on a sheet of paper on a table with a cup of coffee."""
    scene = Image.fromarray(pictures.coffee()).resize((900, 600))
    code = Image.fromarray(np.array(zxingcpp.create_barcode(text, kind).to_image(scale=4))).convert("RGB")
    turned = code.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    scene.paste(turned, (560, 60))
    return scene, (560, 60, 560 + turned.width, 60 + turned.height)


@pytest.mark.parametrize("degrees", [0, 25, 180])
@pytest.mark.parametrize("kind", [QR, MATRIX], ids=["qr", "matrix"])
def test_a_page_is_shown_to_a_person_where_it_is(look, degrees, kind):
    scene, (left, top, right, bottom) = _scene("https://example.com/ann", degrees, kind)
    finding = look(scene)
    assert (finding.verdict, finding.reason) == ("flag", "personal_data")
    assert finding.note == "A code in the picture opens a page."
    (box,) = finding.evidence
    assert left / 900 <= box.x < box.x + box.w <= right / 900
    assert top / 600 <= box.y < box.y + box.h <= bottom / 600
    assert box.w > 0.5 * (right - left) / 900


def test_personal_details_in_a_code_are_what_pii_says_they_are(look):
    assert look(_scene("my number is 0151 555 0100, call me")[0]).note.endswith("holds personal details.")
    assert look(_scene("I built a lighthouse")[0]).verdict == "pass"


def test_a_number_on_a_box_passes(look):
    assert look(_scene("6332471")[0]).verdict == "pass"
    assert look(_scene("5702016616927", kind=EAN)[0]).verdict == "pass"


@pytest.mark.parametrize("name", ["coffee", "astronaut", "brick", "coins", "page", "clock"])
def test_pictures_without_a_code_pass(look, name):
    assert look(Image.fromarray(getattr(pictures, name)()).convert("RGB")).verdict == "pass"


def test_the_smallest_pictures_hold_none():
    assert read(Image.new("RGB", (1, 1))) == read(Image.new("RGB", (3, 1280))) == []


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("HTTPS://EXAMPLE.COM", "opens a page"),
        ("example.com/ann", "opens a page"),
        ("mailto:ann@example.com", "writes to somebody"),
        ("tel:+4512345678", "calls somebody"),
        ("BEGIN:VCARD\nFN:Ann", "holds somebody's name and number"),
        ("WIFI:S:home;P:secret;;", "holds the password of a network"),
        ("geo:55.7,12.5", "holds a place"),
        ("6332471", ""),
        ("v1.2", ""),
        ("I built a lighthouse.", ""),
    ],
)
def test_what_a_code_does(text, does):
    assert act(text) == does


@given(st.text(max_size=60))
def test_an_address_opens_a_page_whatever_follows_and_a_number_does_nothing(text):
    assert act(" https://" + text) == "opens a page"
    assert act("".join(letter for letter in text if letter.isdigit())) == ""
