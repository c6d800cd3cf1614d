import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate
from scipy.stats import beta

from featurestore.compare.counting import count
from featurestore.compare.eprocess import PRIOR, beta_binomial, capital, evidence, path
from featurestore.compare.mcnemar import mcnemar
from tests.featurestore.compare.streams import stream

ONE = np.ones(1)


def test_it_is_the_integral_that_it_says() -> None:
    for wins, losses in ((0, 0), (7, 2), (30, 41), (130, 63)):
        by_hand, _ = integrate.quad(
            lambda p, w=wins, n=losses: (2 * p) ** w * (2 - 2 * p) ** n * 2 * beta.pdf(p, PRIOR, PRIOR), 0.5, 1
        )
        assert beta_binomial(np.array(wins), np.array(losses)) == pytest.approx(np.log(by_hand), abs=1e-6)


def test_a_case_by_hand() -> None:
    # prior 1 (all win rates alike), one win and no loss: the integral of 2p * 2 over 1/2..1 = 2 (1 - 1/4) = 3/2
    assert np.exp(beta_binomial(np.array(1), np.array(0), 1.0)) == pytest.approx(1.5)


@given(st.integers(0, 400), st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_the_next_pair_is_a_fair_bet_or_worse(wins: int, losses: int) -> None:
    """Ville needs this and nothing else: if win and loss are equally likely the capital does not grow in the mean."""
    now, won, lost = beta_binomial(np.array([wins, wins + 1, wins]), np.array([losses, losses, losses + 1]))
    assert np.logaddexp(won, lost) - np.log(2) <= now + 1e-7


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.floats(0.02, 0.98))
@settings(max_examples=40, deadline=None)
def test_a_bet_with_stakes_is_fair_too(w1: int, l1: int, w2: int, l2: int, stake: float) -> None:
    stakes = np.array([1.0, stake])
    wins, losses = np.array([w1, w2]), np.array([l1, l2])
    now = evidence(wins, losses, stakes)
    for level in np.eye(2, dtype=int):
        grown = np.logaddexp(evidence(wins + level, losses, stakes), evidence(wins, losses + level, stakes))
        assert grown - np.log(2) <= now + 1e-7


def test_stakes_of_one_come_to_the_closed_form() -> None:
    almost = np.array([1.0, 1 - 1e-12])
    mixed = evidence(np.array([60, 70]), np.array([20, 43]), almost, PRIOR)
    assert mixed == pytest.approx(beta_binomial(np.array(130), np.array(63)), abs=1e-3)


def test_a_hopeless_case_is_nil_and_finite() -> None:
    found = beta_binomial(np.array([0, 10, 100_000]), np.array([100_000, 90_000, 100_000]))
    assert np.isfinite(found).all()
    assert (found[:2] < -1000).all()


def test_pairs_seen_more_often_do_not_count_more() -> None:
    """Equal models, but where only the champion hits one sees 1 in 10: a plain sign test would call the champion
    far worse or far better; with stakes the capital stays."""
    rng = np.random.default_rng(1)
    crossed = {"stakes": 0, "plain": 0}
    for _ in range(200):
        wins_sure = rng.binomial(3000, 0.5)
        losses_seen = rng.binomial(3000 - wins_sure, 0.1)
        wins, losses = np.array([wins_sure, 0]), np.array([0, losses_seen])
        crossed["plain"] += float(evidence(wins, losses, np.ones(2))) > np.log(20)
        crossed["stakes"] += float(evidence(wins, losses, np.array([0.1, 1.0]))) > np.log(20)
    assert crossed["plain"] == 200
    assert crossed["stakes"] <= 10


@given(st.lists(st.tuples(*[st.integers(0, 40)] * 3), min_size=3, max_size=3), st.floats(-1, 1), st.floats(0.05, 0.95))
@settings(max_examples=60, deadline=None)
def test_no_plan_makes_the_next_pair_a_good_bet(counts: list[tuple[int, int, int]], lean: float, share: float) -> None:
    """Three chances, the last one nought. The next pair comes from any of them, is a win or a loss, and is seen or not;
    as long as wins are as likely as losses in all, the capital does not grow in the mean."""
    chance = np.array([1.0, 0.2, 0.0])
    wins, losses, waiting = np.array(counts).T
    wins[2] = losses[2] = 0
    rows = wins + losses + waiting
    rows[rows == 0] = 1  # which chances there are is part of the plan, and stays
    # from the first with weight `share`, leaning one way, from the others leaning the other way as much
    comes = np.array([share, (1 - share) / 2, (1 - share) / 2])
    most = min(1.0, (1 - share) / share)
    lean_first = lean * most
    won = np.array([0.5 + lean_first / 2] + [0.5 - lean_first * share / (1 - share) / 2] * 2)
    now, after = capital(wins, losses, rows, chance), 0.0
    for level, one in enumerate(np.eye(3, dtype=int)):
        seen = chance[level]
        for likely, w, n in ((won[level] * seen, one, 0), ((1 - won[level]) * seen, 0, one), (1 - seen, 0, 0)):
            after += comes[level] * likely * np.exp(capital(wins + w, losses + n, rows + one, chance) - now)
    assert after <= 1 + 1e-6


def test_a_few_pairs_hardly_seen_do_not_make_evidence_slow() -> None:
    wins, losses = np.array([0, 128]), np.array([0, 72])
    alone = float(capital(wins, losses, np.array([0, 200]), np.array([0.05, 1.0])))
    beside = float(capital(wins, losses, np.array([4, 200]), np.array([0.05, 1.0])))
    never = float(capital(wins, losses, np.array([4, 200]), np.array([0.0, 1.0])))
    assert alone == pytest.approx(float(beta_binomial(np.array(128), np.array(72))))
    assert np.log(20) < beside < alone
    assert beside < never < alone


def test_false_alarms_at_daily_peeking() -> None:
    """90 days, 40 telling pairs a day, equal models: at most 1 in 20 ever reaches 20 to 1, McNemar far more often."""
    rng = np.random.default_rng(2)
    runs, days, a_day = 2000, 90, 40
    wins = rng.binomial(a_day, 0.5, (runs, days)).cumsum(1)
    losses = np.arange(1, days + 1) * a_day - wins
    ever = (beta_binomial(wins, losses) >= np.log(20)).any(1)
    assert ever.mean() <= 0.05
    alarms = np.mean(
        [
            any(mcnemar(int(n), int(w)).mid_p < 0.05 and w > n for w, n in zip(wins[r], losses[r], strict=True))
            for r in range(100)
        ]
    )
    assert alarms > 0.08


def test_a_better_model_is_found() -> None:
    rng = np.random.default_rng(3)
    wins = rng.binomial(300, 0.62, 200)
    assert (beta_binomial(wins, 300 - wins) >= np.log(20)).mean() > 0.9


def test_the_path_has_a_day_for_each_and_says_since_when() -> None:
    found = path(count(stream(20_000, b_better=0.5)))
    assert len(found.days) == len(found.for_b) == 10
    assert found.b_since is not None
    assert found.a_since is None
    at = int(np.flatnonzero(found.days == found.b_since)[0])
    assert found.for_b[at] >= np.log10(20)
    assert (found.for_b[:at] < np.log10(20)).all()
    assert (np.diff(found.only_a) >= 0).all()
