"""Views of a picture, and a head that is to know a theme again in another kind of picture."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from engagement.themes import sheet
from engagement.themes.fit_pictures import Data, balance, cross_validated, fit, learning_curve, repeated
from engagement.themes.picture_head import PictureHead, logits
from engagement.themes.views import NAMES, thing, views


def figure_on(ground, size=(400, 300), at=(180, 130), side=60):
    picture = Image.new("RGB", size, ground)
    ImageDraw.Draw(picture).rectangle((at[0], at[1], at[0] + side, at[1] + side), fill="red")
    return picture


def test_the_thing_is_found_and_stands_alone():
    whole, near, box, alone = views(figure_on("tan"))
    assert (whole.size, near.size) == ((400, 300), (320, 240))
    assert abs(box.width - box.height) <= 1
    assert 60 < box.width < 110  # the thing and a little more
    assert box.getpixel((box.width // 2, box.height // 2)) == (255, 0, 0)
    assert box.getpixel((1, 1)) == (210, 180, 140)
    assert alone.getpixel((1, 1)) == (255, 255, 255)
    assert alone.getpixel((box.width // 2, box.height // 2)) == (255, 0, 0)


def test_where_nothing_stands_out_everything_is_the_thing():
    assert thing(Image.new("RGB", (50, 40), "green")).all()
    assert [view.size for view in views(Image.new("RGB", (50, 40), "green"))][2:] == [(50, 40)] * 2


@settings(deadline=None, max_examples=15)
@given(st.integers(1, 900), st.integers(1, 900), st.integers(0, 9))
def test_any_picture_has_all_views(width, height, seed):
    noise = np.random.default_rng(seed).integers(0, 256, (4, 4, 3)).astype(np.uint8)
    made = views(Image.fromarray(noise).resize((width, height)))
    assert len(made) == len(NAMES)
    assert all(view.mode == "RGB" and min(view.size) >= 1 for view in made)


@pytest.fixture(scope="module")
def data():
    """Two themes of twelve figures, in two kinds of picture that differ more than the themes do."""
    rng = np.random.default_rng(3)
    rows, theme, kind, figure = [], [], [], []
    for number in range(24):
        own = rng.normal(size=12) * 0.3
        for of in range(2):
            for _ in range(3 if of else 1):
                vector = own + rng.normal(size=12) * 0.1
                vector[0] += (number % 2) * 2 - 1
                vector[1] += of * 6
                vector[0] += of * 3  # the kind hides what tells the themes apart
                rows.append([vector, vector + rng.normal(size=12) * 0.1])
                theme.append(number % 2)
                kind.append(of)
                figure.append(number + 100 * of)
    return Data(np.array(rows, np.float32), np.array(theme), np.array(kind), np.array(figure))


def test_a_theme_is_known_again_in_another_kind_of_picture(data):
    phone = data.kind == 1
    few = phone & np.isin(data.figure, range(100, 106))  # of phones, three figures of each theme
    head = fit(data.cut(~phone | few), 2, calibrated=False)
    rest = data.cut(phone & ~few)
    assert (logits(head, rest.vectors).argmax(1) == rest.theme).mean() > 0.85
    blind = Data(data.vectors, data.theme, np.zeros_like(data.kind), data.figure)  # as if all were of one kind
    other = fit(blind.cut(~phone), 2, calibrated=False)
    assert (logits(other, rest.vectors).argmax(1) == rest.theme).mean() < 0.6
    p = cross_validated(data, 2)
    assert (p.argmax(1) == data.theme).mean() > 0.95
    assert p.sum(1) == pytest.approx(1)


def test_figures_and_kinds_have_an_equal_say(data):
    weight = balance(data)
    assert weight.mean() == pytest.approx(1)
    assert weight[data.kind == 0].sum() == pytest.approx(weight[data.kind == 1].sum())
    figures = [weight[data.figure == figure].sum() for figure in (100, 101, 102)]
    assert figures == pytest.approx([figures[0]] * 3)


def test_a_figure_of_which_two_kinds_exist_is_never_half_known():
    """What is learned by heart must not look like knowledge: themes at random, each figure in two kinds of picture."""
    rng = np.random.default_rng(5)
    figure = np.repeat(np.arange(40), 4)
    vectors = (np.eye(40)[figure] + rng.normal(size=(160, 40)) * 0.05).astype(np.float32)[:, None]
    theme = rng.permutation(np.repeat([0, 1], 20))[figure]
    chance = Data(vectors, theme, np.tile([0, 0, 1, 1], 40), figure)
    known = logits(fit(chance, 2, calibrated=False), vectors).argmax(1)
    assert (known == theme).mean() > 0.95
    assert (cross_validated(chance, 2).argmax(1) == theme).mean() < 0.7
    assert np.mean(repeated(chance, 2, kind=1, draws=10)) < 0.7


def test_the_curve_grows_with_what_was_seen(data):
    curve = learning_curve(data, 2, 1, (1, 8), draws=3)
    assert [row["figures"] for row in curve] == [1, 8]
    assert curve[1]["accuracy"] >= curve[0]["accuracy"] - 0.05
    assert curve[1]["accuracy"] > 0.9


def test_the_file_says_what_was_learned(data, tmp_path):
    head = fit(data, 2)
    about = {"name": "p", "version": "1", "encoder": "e", "themes": ("a", "b"), "thresholds": {}, "made_by": ""}
    sheet.write(tmp_path, "image", head, data="", **about)
    served = PictureHead(tmp_path, "e").score(data.vectors)
    assert (served.argmax(1) == logits(head, data.vectors).argmax(1)).all()
    assert served.sum(1) == pytest.approx(1)
