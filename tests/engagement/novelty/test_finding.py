"""The whole way on points whose groups are known; and its parts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagement.novelty.clustering import groups
from engagement.novelty.finding import SHOWN, Window, discover, judged
from engagement.novelty.growth import growth
from engagement.novelty.matching import Known, matched
from engagement.novelty.measuring import agreement, scored
from engagement.novelty.mixing import parents
from engagement.novelty.representing import calmed
from engagement.novelty.words import telling
from engagement.themes.ground import made

SLUGS = ["castle", "city"]


def window(new: int = 40, mixed: int = 0) -> tuple[Window, list[str]]:
    """80 of each known theme; 40 glowfish that nobody knows, `mixed` with a bit of both themes."""
    rng = np.random.default_rng(3)
    kinds = ["castle"] * 80 + ["city"] * 80 + ["fish"] * new + ["mix"] * mixed
    middle = {"castle": 0, "city": 1, "fish": 2, "mix": 3}
    said = {"castle": (0.95, 0.05), "city": (0.1, 0.9), "fish": (0.4, 0.6), "mix": (0.5, 0.5)}
    words = {"castle": "knight tower", "city": "police car", "fish": "glowfish reef", "mix": "police knight"}
    x = np.zeros((len(kinds), 10))
    x[np.arange(len(kinds)), [middle[kind] for kind in kinds]] = 3.0
    texts = [f"{words[kind]} number {n % 7}" for n, kind in enumerate(kinds)]
    p = np.array([said[kind] for kind in kinds])
    vectors = (x + rng.normal(0, 0.4, x.shape)).astype(np.float32)
    return Window(texts, vectors, SLUGS, p, sure=0.8, strange=0.3), kinds


def test_what_is_unknown_comes_as_one_card_with_its_words():
    seen, kinds = window()
    [card] = discover(seen)
    assert {kinds[i] for i in card.rows} == {"fish"}
    assert len(card.rows) == 40
    assert {word for word, _ in card.words} == {"glowfish", "reef"}
    assert card.stability > 0.9


def test_twice_is_the_same():
    seen, _ = window()
    first, again = discover(seen), discover(seen)
    assert [one.rows.tolist() for one in first] == [one.rows.tolist() for one in again]


def test_nothing_unknown_gives_no_card():
    assert discover(window(new=0)[0]) == []
    assert discover(window(new=6)[0]) == []  # too few to be a theme


def test_half_and_half_is_shown_with_both_parents():
    seen, _ = window(new=0, mixed=30)
    [card] = discover(seen)
    assert card.parents == ("castle", "city")


def test_a_card_cut_badly_is_no_mix():
    half = [{"castle": 0.95, "city": 0.05}] * 10 + [{"castle": 0.05, "city": 0.95}] * 10
    assert parents(half) is None
    assert parents([{"castle": 0.5, "city": 0.45, "space": 0.05}] * 3 + [{"space": 1.0}] * 3) == ("castle", "city")
    assert parents([]) is None


def test_a_small_group_is_shown_with_what_lies_near_it():
    seen, _ = window(new=22, mixed=21)
    cards = discover(seen)
    assert cards
    assert all(len(card.rows) <= max(SHOWN, 22) for card in cards)
    everyone = [i for card in cards for i in card.rows.tolist()]
    assert len(everyone) == len(set(everyone))


def test_noise_has_no_stable_groups():
    assert groups(np.random.default_rng(1).normal(size=(300, 20))) == []
    assert groups(np.zeros((0, 5))) == []


def test_the_medoid_comes_first():
    rng = np.random.default_rng(2)
    x = np.concatenate([rng.normal(0, 0.2, (60, 4)), rng.normal(5, 0.2, (60, 4))])
    for group in groups(x):
        away = ((x[group.rows] - x[group.rows].mean(0)) ** 2).sum(1)
        assert (np.diff(away) >= -1e-12).all()


def test_within_a_theme_all_directions_vary_alike_afterwards():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(400, 6)) * np.array([9, 1, 1, 1, 1, 1])
    y = calmed(x, ["a"] * 200 + ["b"] * 200)
    assert y.std(0)[0] / y.std(0)[1] < x.std(0)[0] / x.std(0)[1] / 1.5
    assert np.allclose(calmed(x, [""] * 400), x - x.mean(0))


@given(st.lists(st.integers(0, 30), min_size=2, max_size=5), st.integers(31, 200))
@settings(max_examples=50, deadline=None)
def test_growth_lies_in_its_interval(counts, of):
    found = growth(counts, [of] * len(counts))
    if found.ratio is None:
        assert sum(counts) == 0 or sum(counts[:-1]) == 0
        return
    assert found.low is not None
    assert 0 <= found.low <= found.ratio
    assert found.high is None or found.ratio <= found.high


def test_growth_of_nothing_and_of_the_same():
    assert growth([0, 0], [10, 10]).ratio is None
    same = growth([50, 50, 50, 50], [900, 900, 900, 900])
    assert same.ratio == pytest.approx(1)
    assert same.low < 1 < same.high
    assert growth([5, 5, 5, 50], [900, 900, 900, 900]).low > 1
    with pytest.raises(ValueError, match="week"):
        growth([1], [1, 2])


def test_words_that_all_have_tell_nothing():
    card = [f"a glowfish with a hat {n}" for n in range(20)]
    others = [f"a house with a hat {n}" for n in range(200)]
    assert [word for word, _ in telling(card, others)] == ["glowfish"]
    assert telling([], others) == []


def test_a_card_is_known_by_its_creations_or_by_its_place():
    a, b = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    old = [Known({1, 2, 3, 4}, a), Known({8, 9}, b)]
    assert matched([Known({2, 3, 4, 5, 6}, b * 0.1 - a)], old) == [0]
    assert matched([Known({20, 21}, b * 3)], old) == [1]
    assert matched([Known({20, 21}, -a)], old) == [None]
    assert matched([Known({1, 2}, a), Known({3, 4}, a)], old).count(0) == 1  # one of two halves is it, the other is new
    assert matched([Known({20}, np.ones(3))], old) == [None]
    assert matched([], old) == []


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40), st.permutations(range(4)))
@settings(max_examples=40, deadline=None)
def test_accuracy_does_not_care_what_groups_are_called(truth, names):
    y = np.array(truth)
    assert agreement(y, np.array(names)[y])[0] == 1
    assert agreement(y, np.full(len(y), -1))[0] == 0


def test_hidden_themes_are_scored_as_they_come_back():
    seen, kinds = window()
    score = scored(seen, kinds, ["fish"], 24)
    assert (score.back, score.false, score.cards) == ({"fish"}, 0, 1)
    assert score.accuracy == score.merged == 1
    assert scored(window(new=0)[0], kinds[:160], [], 24).cards == 0


def loose(new: int) -> tuple[Window, list[str]]:
    """60 of each known theme and new ones, all lying so loosely that no group stands out; a head is always sure."""
    rng = np.random.default_rng(8)
    kinds = ["castle"] * 60 + ["city"] * 60 + ["fish"] * new

    def drawn(kinds: list[str]) -> np.ndarray:
        x = rng.normal(0, 0.5, (len(kinds), 40))
        x[np.arange(len(kinds)), [["castle", "city", "fish"].index(kind) for kind in kinds]] += 3
        return x / np.linalg.norm(x, axis=1, keepdims=True)

    p = np.where(np.array(kinds)[:, None] == "city", [[0.02, 0.98]], [[0.98, 0.02]])
    seen = Window([""] * len(kinds), drawn(kinds).astype(np.float32), SLUGS, p, sure=0.8, strange=0.3)
    known = SLUGS * 60
    ground = made(drawn(known), np.arange(120) % 2, drawn(known), np.full(120, 0.98))
    return judged(seen, ground, both=False), kinds


def test_strange_ones_that_lie_loosely_come_as_one_card_when_they_are_more_than_false_alarms():
    seen, kinds = loose(60)
    shown = [kinds[i] for card in discover(seen) for i in card.rows[:SHOWN]]
    assert shown.count("fish") >= 0.8 * len(shown) > 0
    assert discover(loose(0)[0]) == []


def test_without_a_ground_a_window_stays_as_it_was():
    seen, _ = window()
    assert judged(seen, None, both=True) is seen
