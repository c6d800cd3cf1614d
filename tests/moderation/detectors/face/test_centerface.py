"""CenterFace's numbers become boxes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from skimage import data as pictures

from moderation.detectors.face.centerface import OVERLAP, Candidate, CenterFace, decode, suppress
from moderation.detectors.face.crops import AROUND, GREY, crop


def test_a_cell_becomes_the_box_that_it_describes():
    heat, size, offset = (
        np.zeros((8, 10), np.float32),
        np.zeros((2, 8, 10), np.float32),
        np.zeros((2, 8, 10), np.float32),
    )
    heat[3, 5] = 0.9
    size[:, 3, 5] = np.log([4, 2])  # 16 pixels high, 8 wide
    offset[:, 3, 5] = [0.25, -0.5]  # a quarter of a cell down, half a cell to the left
    boxes, scores = decode(heat, size, offset, 0.3)
    # Middle: x = (5 + 0.5 - 0.5) * 4 = 20, y = (3 + 0.5 + 0.25) * 4 = 15.
    np.testing.assert_allclose(boxes, [[16, 7, 24, 23]])
    np.testing.assert_allclose(scores, [0.9])
    assert len(decode(heat, size, offset, 0.95)[0]) == 0


SIDES = st.floats(0, 50, width=32)


@given(st.lists(st.tuples(SIDES, SIDES, st.floats(1, 50), st.floats(1, 50)), max_size=20))
def test_of_overlapping_boxes_only_the_likelier_stays(places):
    boxes = np.array([(x, y, x + w, y + h) for x, y, w, h in places], np.float32).reshape(-1, 4)
    kept = suppress(boxes, np.linspace(1, 0.5, len(boxes)))
    assert kept == sorted(kept)
    assert kept[:1] == ([0] if len(boxes) else [])
    for row in range(len(boxes)):
        likelier = [_overlap(boxes[row], boxes[k]) for k in kept if k < row]
        assert (row in kept) == all(share < OVERLAP for share in likelier) or np.isclose(
            likelier, OVERLAP, atol=1e-5
        ).any()


def _overlap(a, b):
    corner, far = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    inside = np.prod(np.clip(far - corner, 0, None))
    return inside / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - inside)


def test_a_crop_is_a_square_with_surroundings_and_grey_beyond_the_edge():
    picture = Image.new("RGB", (100, 80), "red")
    inside = crop(picture, Candidate(40, 30, 60, 50, 1))
    assert inside.size == (20 * AROUND, 20 * AROUND)
    assert inside.getcolors() == [(32 * 32, (255, 0, 0))]
    corner = crop(picture, Candidate(0, 0, 10, 20, 1))
    assert corner.size == (32, 32)
    assert corner.getpixel((0, 0)) == GREY
    assert corner.getpixel((31, 31)) == (255, 0, 0)
    assert crop(Image.new("RGB", (1, 1)), Candidate(0, 0, 1, 1, 1)).size == (2, 2)


@pytest.mark.models
@pytest.mark.parametrize("width", [128, 512, 2400])
def test_the_astronaut_s_face_is_found_at_any_size(models, width):
    picture = Image.fromarray(pictures.astronaut()).resize((width, width))
    (found,) = CenterFace(models).find(picture, 0.5)
    middle = ((found.left + found.right) / 2 / width, (found.top + found.bottom) / 2 / width)
    assert middle == pytest.approx((0.44, 0.22), abs=0.02)
    assert 0.13 < (found.right - found.left) / width < 0.24
