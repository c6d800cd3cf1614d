"""The renderer: the same pixels for the same numbers, nothing hidden that should be seen, light where light falls."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from moderation.demo.bricks import _ordered, render
from moderation.demo.builds import THEMES, build
from moderation.demo.camera import aim
from moderation.demo.light import shine
from moderation.demo.pictures import file_of, photo, spoilt, video
from moderation.demo.scene import Scene
from moderation.demo.shapes import Brick, Build
from moderation.demo.spoilt import SPOILT

PLAIN = Scene(size=(320, 240), table="white desk", warmth=0.0)


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, dtype=int)


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_is_drawn_large_and_the_same_each_time(theme: str):
    first, again = photo(theme, 5, (640, 480)), photo(theme, 5, (640, 480))
    assert first.size == (640, 480)
    assert first.mode == "RGB"
    assert first.tobytes() == again.tobytes()
    # The model stands in the middle, and the middle is livelier than a bare desk.
    bare = spoilt("no build", 5, (640, 480)).convert("L").crop((200, 120, 440, 360))
    assert pixels(first.convert("L").crop((200, 120, 440, 360))).std() > pixels(bare).std() + 4


@pytest.mark.parametrize("theme", THEMES)
def test_another_number_is_another_picture(theme: str):
    one, other = photo(theme, 1, (320, 240)), photo(theme, 2, (320, 240))
    assert np.abs(pixels(one) - pixels(other)).mean() > 5


@pytest.mark.parametrize("size", [(1600, 1200), (960, 1280), (1024, 1024), (96, 64)])
def test_every_size_is_filled_to_its_corners(size: tuple[int, int]):
    picture = photo("castle", 4, size)
    assert picture.size == size
    # What no desk and no room covers would be black.
    assert (pixels(picture).max(-1) < 8).mean() < 0.005


def test_a_view_shows_the_same_build_from_another_side():
    front, side = photo("robot", 3, (320, 240)), photo("robot", 3, (320, 240), view=1)
    assert np.abs(pixels(front) - pixels(side)).mean() > 3
    assert Scene.by(3).seen_from(1).table == Scene.by(3).table


def test_what_stands_before_hides_what_stands_behind():
    build = Build()
    build.tile(0, 0, 0, 6, 6, 12, "red")
    hidden = render(build, PLAIN)
    build.tile(1, -2, 0, 2, 2, 6, "lime")  # behind the tall one, as the camera sees it
    build.bricks.reverse()
    assert not _is_there(render(build, PLAIN), "lime")
    assert _is_there(hidden, "red")
    build.tile(1, 7, 0, 2, 2, 6, "lime")
    assert _is_there(render(build, PLAIN), "lime")


def _is_there(picture: Image.Image, colour: str) -> bool:
    red, green, blue = pixels(picture).transpose(2, 0, 1)
    found = (red > 2 * green) if colour == "red" else ((green > 1.15 * red) & (green > 1.8 * blue))
    return bool(found.mean() > 0.002)


def test_bricks_that_lie_on_each_other_in_a_ring_are_all_drawn():
    ring = [
        Brick("box", 0, 0, 0, 4, 1, 3, "red"),
        Brick("box", 3, 1, 0, 1, 4, 9, "blue"),
        Brick("box", 0, 1, 3, 2, 4, 3, "lime"),
        Brick("box", 0, 0, 6, 4, 4, 1, "yellow"),
    ]
    camera = aim(np.zeros(3), np.array([5.0, 5.0, 4.0]), (320, 240), 45, 30, 0.8)
    assert sorted(b.colour for b in _ordered(ring, camera)) == sorted(b.colour for b in ring)


@given(st.integers(1, 8), st.integers(1, 8), st.integers(1, 20), st.floats(-0.8, 0.8), st.floats(-0.8, 0.8))
@settings(max_examples=30, deadline=None)
def test_light_stays_between_none_and_all(w: int, d: int, h: int, x: float, y: float):
    light = shine([Brick("box", 0, 0, 0, w, d, h, "red")], np.array([x, y, 1.0]))
    for volume in (light.lamp, light.room):
        assert volume.min() >= 0
        assert volume.max() <= 1 + 1e-6
    # Nothing is above the top.
    assert light.lamp[-1].min() == 1


def test_a_roof_keeps_the_lamp_away_from_what_is_under_it():
    light = shine([Brick("box", 0, 0, 9, 10, 10, 1, "red")], np.array([0.1, 0.1, 1.0]))
    lamp, room = light.at(np.array([[5.0, 5.0, 3.2], [5.0, 5.0, 4.4], [-12.0, -12.0, 3.2]]))
    assert lamp[0] < 0.05
    assert lamp[1] > 0.95
    assert lamp[2] > 0.95
    assert room[2] > room[0]


def test_the_shadow_falls_away_from_the_lamp():
    post = Build()
    post.tile(0, 0, 0, 2, 2, 20, "white")
    lit, shaded = (
        pixels(render(post, Scene(size=(320, 240), table="white desk", lamp=lamp, share=0.4)).convert("L"))
        for lamp in ((0.9, -0.6, 1.0), (-0.6, 0.9, 1.0))
    )
    right_of_post, left_of_post = np.s_[150:190, 180:220], np.s_[150:190, 100:140]
    assert lit[right_of_post].mean() < lit[left_of_post].mean()
    assert shaded[left_of_post].mean() < shaded[right_of_post].mean()


@pytest.mark.parametrize("kind", SPOILT)
def test_a_spoilt_picture_is_the_same_each_time_and_another_for_another_number(kind: str):
    one, again, other = (file_of(spoilt(kind, seed)).read() for seed in (1, 1, 2))
    assert one == again
    assert one != other


@pytest.mark.parametrize(("ending", "kind"), [("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")])
def test_a_file_is_what_its_name_says(ending: str, kind: str):
    file = file_of(photo("car", 1, (96, 64)), f"build.{ending}")
    assert file.name == f"build.{ending}"
    assert Image.open(file).format == kind


def test_a_video_is_taken_by_the_one_door():
    from moderation.intake.videos import clean_video

    clean = clean_video(io.BytesIO(video("robot", 2, seconds=2).read()), 10_000_000)
    try:
        assert (clean.width, clean.height) == (640, 480)
        assert clean.seconds == pytest.approx(2, abs=0.2)
    finally:
        clean.path.unlink()


def test_unknown_themes_are_an_error():
    with pytest.raises(KeyError):
        build("nothing", 1)
