"""What every registered detector must bear, whatever it looks at. A new detector is tried here without being named."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw
from skimage import data as pictures

from moderation.detectors.base import Box, Finding, Picture, Span, Text
from moderation.detectors.registry import _classes, get_detector, list_detectors

pytestmark = pytest.mark.models
NAMES = list_detectors()
SLOWEST_SECONDS = 10  # far above any budget, far below for ever


def _noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8))


def _figure() -> Image.Image:
    """A drawn minifigure's head: yellow, two eyes, a smile, on a baseplate's green."""
    picture = Image.new("RGB", (400, 300), (0, 140, 70))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((150, 80, 250, 190), 20, fill=(250, 205, 30))
    draw.rectangle((175, 62, 225, 80), fill=(250, 205, 30))
    for x in (178, 222):
        draw.ellipse((x - 7, 115, x + 7, 129), fill=(20, 20, 20))
    draw.arc((172, 125, 228, 170), 20, 160, fill=(20, 20, 20), width=5)
    return picture


PICTURES = {
    "one pixel": Image.new("RGB", (1, 1), "red"),
    "two pixels": Image.new("RGB", (2, 1), "red"),
    "a line": Image.new("RGB", (8000, 50), "green"),
    "a tall line": _noise(3, 1280),
    "huge": _noise(4000, 3000),
    "black": Image.new("RGB", (640, 480)),
    "grey": Image.new("RGB", (640, 480), "grey"),
    "white": Image.new("RGB", (640, 480), "white"),
    "noise": _noise(640, 480),
    "a person": Image.fromarray(pictures.astronaut()),
    "a cat": Image.fromarray(pictures.chelsea()),
    "a figure": _figure(),
}
TEXTS = {
    "empty": "",
    "one letter": "a",
    "spaces": " \n\t ",
    "long": "a brick on a brick " * 5263,
    "long without a space": "a" * 100_000,
    "emoji": "👩🏽‍🚀🧱🏰🇩🇰" * 20,
    "zero bytes": "a\0b\0c",
    "half a surrogate": "before \ud83d after \udc00",
    "right to left": "\u202eתמונה של טירה\u202c",
    "marks": "z" + "\u0301" * 2000 + "algo",
    "Chinese": "我搭了一座城堡",
    "plain": "I built a castle with a red tower",
    "rude": "you are a stupid asshole",
}


def _parts(name: str) -> dict[str, Picture | Text]:
    if get_detector(name).card.kind == "image":
        return {key: Picture(picture.copy()) for key, picture in PICTURES.items()}
    return {key: Text(text, "en") for key, text in TEXTS.items()}


@pytest.fixture(scope="module")
def detector(request, models):
    found = get_detector(request.param)
    found.load()
    return found


@pytest.fixture(scope="module")
def said(detector) -> dict[str, Finding]:
    """What it says of each part, looked at alone."""
    return {key: detector.look_many([part])[0] for key, part in _parts(detector.card.name).items()}


every_detector = pytest.mark.parametrize("detector", NAMES, indirect=True)


def test_there_are_detectors_for_both_kinds():
    assert {get_detector(name).card.kind for name in NAMES} == {"image", "text"}


def test_a_doubled_name_is_an_error():
    from moderation.detectors.registry import register

    taken = _classes[NAMES[0]]
    impostor = type("Impostor", (), {"card": taken.card, "__module__": "somewhere.else"})
    with pytest.raises(ValueError, match="two detectors call themselves"):
        register(impostor)
    with pytest.raises(KeyError, match="there are: "):
        get_detector("no such detector")


@every_detector
def test_the_card_says_what_it_is(detector):
    card = detector.card
    assert card.name in NAMES
    assert all((card.version, card.task, card.does, card.data, card.licence))
    assert card.kind in {"image", "text"}
    assert card.measured, "a card without measured figures"


@every_detector
@pytest.mark.timeout(SLOWEST_SECONDS * len(TEXTS) * 2)
def test_what_it_says_is_well_formed(detector, said):
    for key, finding in said.items():
        assert finding.detector == detector.card.name, key
        assert 0 <= finding.score <= 1, key
        assert 0 < finding.threshold <= 1, key
        assert finding.verdict in {"pass", "flag", "reject"}, key
        assert type(finding.score) is float, key
        if finding.score >= finding.threshold:
            assert finding.verdict != "pass", key
        assert bool(finding.reason) == (finding.verdict != "pass"), key
        for encoder, rows in finding.inputs.items():
            assert encoder, key
            assert rows.ndim == 2, key
            assert np.isfinite(rows).all(), key


@every_detector
def test_evidence_is_inside_the_part(detector, said):
    parts = _parts(detector.card.name)
    for key, finding in said.items():
        for place in finding.evidence:
            if isinstance(place, Box):
                assert isinstance(parts[key], Picture), key
                assert place.x >= 0, key
                assert place.y >= 0, key
                assert place.w > 0, key
                assert place.h > 0, key
                assert place.x + place.w <= 1 + 1e-6, key
                assert place.y + place.h <= 1 + 1e-6, key
            else:
                assert isinstance(place, Span), key
                assert 0 <= place.start < place.end <= len(parts[key].text), key


@every_detector
def test_a_batch_says_what_single_looks_say(detector, said):
    parts = _parts(detector.card.name)
    together = detector.look_many(list(parts.values()))
    assert [_comparable(finding) for finding in together] == [_comparable(said[key]) for key in parts]
    assert detector.look_many([]) == []


@every_detector
def test_it_says_the_same_again_and_after_loading_again(detector, said):
    fresh = type(detector)()
    fresh.load()
    for key, part in _parts(detector.card.name).items():
        assert _comparable(detector.look_many([part])[0]) == _comparable(said[key]), key
        assert _comparable(fresh.look_many([part])[0]) == _comparable(said[key]), key


@every_detector
def test_it_leaves_the_part_as_it_was(detector):
    for key, part in _parts(detector.card.name).items():
        before = part.image.tobytes() if isinstance(part, Picture) else part.text
        detector.look_many([part])
        assert (part.image.tobytes() if isinstance(part, Picture) else part.text) == before, key


def _comparable(finding: Finding) -> tuple:
    """A finding with its crops as tuples, scores to six digits: a batch may round the last bit otherwise."""
    crops = {encoder: rows.round(4).tolist() for encoder, rows in finding.inputs.items()}
    evidence = tuple(replace(e, score=round(e.score, 5)) if isinstance(e, Box) else e for e in finding.evidence)
    bare = replace(finding, inputs={}, evidence=evidence, score=round(finding.score, 5))
    return bare, crops
