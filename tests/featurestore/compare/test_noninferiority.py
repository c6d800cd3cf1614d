import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import norm

from featurestore.compare.estimate import Estimate
from featurestore.compare.noninferiority import margin_evidence, noninferiority, tango
from tests.featurestore.compare.streams import cells

ONE = np.ones(1)


def by_likelihood(only_a: int, only_b: int, n: int, delta: float) -> float:
    """The p-value of b - a = delta with the restricted estimate found by a search, not by Tango's formula."""
    least, most = max(0.0, -delta), (1 - delta) / 2

    def minus(q: float) -> float:
        shares = np.array([q + delta, q, 1 - 2 * q - delta])
        seen = np.array([only_b, only_a, n - only_a - only_b])
        return -float((seen * np.log(np.maximum(shares, 1e-300))).sum())

    q = minimize_scalar(minus, bounds=(least + 1e-12, most - 1e-12), method="bounded", options={"xatol": 1e-12}).x
    return 2 * norm.sf(abs(only_b - only_a - n * delta) / np.sqrt(n * (2 * q + delta * (1 - delta))))


@pytest.mark.parametrize(("only_a", "only_b", "n"), [(7, 1, 21), (20, 40, 160), (3, 23, 122), (6, 16, 161)])
def test_tango_ends_where_the_restricted_likelihood_says(only_a: int, only_b: int, n: int) -> None:
    found = tango(only_a, only_b, n)
    assert found.value == pytest.approx((only_b - only_a) / n)
    for end in (found.low, found.high):
        assert by_likelihood(only_a, only_b, n, end) == pytest.approx(0.05, abs=2e-4)


def test_tango_turns_with_its_arguments_and_bears_the_ends() -> None:
    one, other = tango(3, 9, 50), tango(9, 3, 50)
    assert (one.low, one.high) == (pytest.approx(-other.high), pytest.approx(-other.low))
    nothing = tango(0, 0, 100)
    # Tango's section 4: without discordant pairs the ends are -+ z^2 / (n + z^2)
    assert nothing.high == pytest.approx(3.8415 / 103.8415, abs=1e-4) == -nothing.low
    assert tango(0, 30, 30).high == 1
    with pytest.raises(ValueError, match="no pairs"):
        tango(0, 0, 0)


def test_a_case_by_hand() -> None:
    """One pair on which both agree: each bet wins bet x margin, so the capital is 1 + margin x the mean bet."""
    bets = np.geomspace(1e-5, 0.99 / 0.9, 300)
    assert np.exp(margin_evidence(cells(both_right=1), ONE, 0.1)) == pytest.approx(1 + 0.1 * bets.mean())


def test_at_the_margin_it_is_a_fair_bet() -> None:
    """The mean of the capital after one more upload, when the share right falls by just the margin, is what it was."""
    base = {"only_a": 9, "only_b": 4, "both_right": 300}
    margin, now = 0.02, margin_evidence(cells(**base), ONE, 0.02)
    chances = {"only_a": 0.05, "only_b": 0.03, "both_right": 0.92}
    after = sum(
        share * np.exp(margin_evidence(cells(**base | {name: base[name] + 1}), ONE, margin) - now)
        for name, share in chances.items()
    )
    assert after == pytest.approx(1)


def test_false_alarms_at_daily_peeking() -> None:
    rng = np.random.default_rng(1)
    alarms = 0
    for _ in range(200):
        daily = rng.multinomial(400, [0.012, 0.008, 0.98], 60).cumsum(0)  # worse by 4 in 1,000: the margin
        alarms += any(
            margin_evidence(cells(a, b, rest), ONE, 0.004) >= np.log(20) for a, b, rest in daily[9::10].tolist()
        )
    assert alarms <= 200 * 0.05


def test_equal_models_are_shown_not_to_be_worse() -> None:
    found = noninferiority(cells(100, 100, 99_800), ONE, Estimate(0, -0.0003, 0.0003), 0.001)
    assert found.shown
    assert found.evidence > np.log10(20)
    assert not noninferiority(cells(150, 50, 99_800), ONE, Estimate(-0.001, -0.0013, -0.0007), 0.001).shown


def test_labels_still_to_come_are_not_taken_for_agreement() -> None:
    seen = cells(10, 10, 20_000)
    waiting = seen.copy()
    waiting[0, 0, 1, 0] = waiting[0, 0, 0, 1] = 100
    assert margin_evidence(waiting, ONE, 0.001) < 0.4 * margin_evidence(seen, ONE, 0.001)


def test_a_margin_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="margin"):
        margin_evidence(cells(1, 1, 1), ONE, 0.0)
