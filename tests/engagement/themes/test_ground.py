"""What a head keeps so that distance can say what is new."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagement.novelty.strange import threshold
from engagement.themes.ground import LEAST, SURE, Ground, learned, made


def drawn(seed: int, n: int, middle: int, dim: int = 24) -> np.ndarray:
    """Creations of a theme: round its middle, and along one direction far more than along others."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 0.3, (n, dim))
    x[:, -1] += rng.normal(0, 4, n)
    x[:, middle] += 1.2
    return x / np.linalg.norm(x, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def ground() -> Ground:
    x = np.concatenate([drawn(1, 120, 0), drawn(2, 120, 1)])
    kept = np.concatenate([drawn(3, 60, 0), drawn(4, 60, 1)])
    return made(x, np.repeat([0, 1], 120), kept, np.full(120, 0.9))


def test_what_is_new_is_strange_and_known_ones_keep_their_rate(ground):
    known, new = np.concatenate([drawn(5, 100, 0), drawn(6, 100, 1)]), drawn(7, 120, 2)
    odd, kept = ground.scores(np.concatenate([known, new]))
    cut = threshold(kept, 0.1)
    assert (odd[:200] > cut).mean() < 0.2
    assert (odd[200:] > cut).mean() > 0.8


def test_what_it_does_not_vary_in_counts_more(ground):
    """Without the directions in which themes vary inside, most of the distance is their noise."""
    flat = Ground(ground.means, ground.turn, ground.gain * 0, ground.kept, ground.said)
    x = np.concatenate([drawn(5, 100, 0), drawn(6, 100, 1), drawn(7, 120, 2)])

    def caught(one: Ground) -> float:
        odd, kept = one.scores(x)
        return float((odd[200:] > threshold(kept, 0.1)).mean())

    assert caught(ground) > caught(flat) + 0.2


def test_nothing_is_strange_that_the_head_is_sure_of(ground):
    x = drawn(7, 40, 2)
    odd, kept = ground.scores(x, np.full(40, SURE + 0.01))
    assert not (odd > threshold(kept, 0.1)).any()
    odd, kept = ground.scores(x, np.full(40, 0.3))
    assert (odd > threshold(kept, 0.1)).all()


def test_a_file_gives_back_what_was_kept_and_too_little_is_none(ground):
    again = Ground.of(ground.arrays)
    x = drawn(7, 30, 2)
    assert again is not None
    assert np.abs(again.scores(x)[0] - ground.scores(x)[0]).max() < 0.02
    assert Ground.of({}) is None
    few = ground.arrays | {"ground_kept": ground.arrays["ground_kept"][: LEAST - 1]}
    assert Ground.of(few) is None


@given(st.integers(0, 1000), st.integers(1, 6))
@settings(max_examples=20, deadline=None)
def test_what_is_kept_was_not_learned_from_and_figures_do_not_part(seed, pictures):
    rng = np.random.default_rng(seed)
    figure = np.repeat(np.arange(240 // pictures), pictures)
    theme = figure % 2
    x = rng.normal(size=(len(figure), 8))
    found = learned(x, theme, rng.random(len(figure)), figure)
    assert found is not None
    at = [int(np.flatnonzero((x == row).all(1))[0]) for row in found.kept]
    rest = np.flatnonzero(~np.isin(figure, figure[at]))
    assert np.allclose(found.means, [x[rest[theme[rest] == n]].mean(0) for n in (0, 1)])


def test_of_few_rows_there_is_no_ground():
    x = np.random.default_rng(1).normal(size=(40, 4))
    assert learned(x, np.arange(40) % 2, np.ones(40), np.arange(40)) is None
    assert made(x, np.arange(40) % 2, x[:3], np.ones(3)).scores(np.zeros((0, 4)))[0].shape == (0,)
