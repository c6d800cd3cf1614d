"""Champion against challenger where the truth is known: how often each way of deciding errs, and how soon it is right.

Streams of 90 days at 1,500 uploads a day, looked at every day by the code that the page uses. Nothing in them is real
but the code: finds, mistakes and looks are drawn with the chances written below.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from _common import ROOT, Row, parser, report, say
from _simulation_picture import draw
from scipy.special import bdtr

from featurestore.compare.comparison import estimates
from featurestore.compare.cost import Costs
from featurestore.compare.eprocess import SIDES, capital, disagreements, discordant
from featurestore.compare.measures import MEASURES, measure

DAYS, A_DAY, ALPHA = 90, 1500, 0.05
# The defaults of the settings AUDIT_SHARE, RECHECK_AGREED and RECHECK_DISPUTED.
AUDIT, AGREED, DISPUTED = 0.02, 0.05, 1.0
SHOWN = ("precision", "recall", "f1", "false_reject", "right", "found", "rejected_good", "euros")
OF_BOTH, DIFFERENCE = SHOWN[4:], ", difference"  # of the others the champion's own figure
QUANTILES = (0.5, 0.8, 0.95)
Table = np.ndarray  # (2, 2, 2): chance of (find?, champion hits?, challenger hits?)


def truth(
    a_finds: float, b_finds: float, a_rejects: float, b_rejects: float, finds: float = 0.03, both: float = 0.002
) -> Table:
    """`a_finds`, `b_finds`: share of finds that only the champion, only the challenger catches; `a_rejects`,
    `b_rejects`: share of good creations that only it rejects; `both`: that both do."""
    find = np.array([[0.06, b_finds], [a_finds, 0.94 - a_finds - b_finds]])
    good = np.array([[1 - both - a_rejects - b_rejects, b_rejects], [a_rejects, both]])
    return np.stack([(1 - finds) * good, finds * find])


EQUAL = truth(0.04, 0.04, 0.002, 0.002)
BETTER = truth(0.03, 0.06, 0.0025, 0.0015)
WORSE = truth(0.06, 0.03, 0.0015, 0.0025)


def chances(disputed: float = DISPUTED) -> np.ndarray:
    """(k,) of being seen: not rejected; rejected by both; only the champion would reject."""
    return np.array([1.0, AUDIT + (1 - AUDIT) * AGREED, AUDIT + (1 - AUDIT) * disputed])


@dataclass(frozen=True)
class Decided:
    """By day (d,): share of streams in which the challenger had been promoted, or any alarm been raised, by then: by
    the evidence and by McNemar's p. `days`, `labels` (3,): when a half, 80 % and 95 % of streams were promoted."""

    promoted: np.ndarray
    mcnemar: np.ndarray
    alarm: np.ndarray
    mcnemar_alarm: np.ndarray
    days: np.ndarray
    labels: np.ndarray


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--picture", help="write docs/comparing.svg", action="store_true")
    quick = (given := options.parse_args()).quick
    runs, covered = (300, 150) if quick else (3000, 2000)
    rng = np.random.default_rng(20)
    days = np.arange(DAYS)[:, None, None, None]
    say(f"{runs} streams of each kind")
    # Both models have good and bad days and finds become rarer, but neither is ever better: still a null.
    hard = np.stack(
        [truth(s, s, s / 20, s / 20, f) for s, f in zip(_waves(), np.linspace(0.05, 0.01, DAYS), strict=True)]
    )
    turning = BETTER + (WORSE - BETTER) * days / (DAYS - 1)
    found = {
        "equal": decide(rng, _broad(EQUAL), runs),
        "equal, 3 of 10 disputes seen": decide(rng, _broad(EQUAL), runs // 2, 0.3),
        "equal, 1 of 20 disputes hardly seen": decide(rng, _broad(EQUAL), runs // 2, rare=0.05),
        "better, 1 of 20 disputes hardly seen": decide(rng, _broad(BETTER), runs // 2, rare=0.05),
        "equal, drifting": decide(rng, hard, runs),
        "better": decide(rng, _broad(BETTER), runs),
        "worse": decide(rng, _broad(WORSE), runs),
        "better, then worse": decide(rng, turning, runs),
    }
    rows = []
    for name, kind in found.items():
        rows.append(Row(f"{name}: promoted", 100 * kind.promoted[-1], 100 * kind.mcnemar[-1], "McNemar daily", "%"))
        rows.append(Row(f"{name}: any alarm", 100 * kind.alarm[-1], 100 * kind.mcnemar_alarm[-1], "McNemar daily", "%"))
    for place, share in enumerate(QUANTILES):
        rows.append(
            Row(f"better: {share:.0%} of streams promoted after", float(found["better"].days[place]), unit="days")
        )
        rows.append(
            Row(
                f"better: labels of a stream by then ({share:.0%})", float(found["better"].labels[place]), unit="labels"
            )
        )
    late = found["better, then worse"].promoted
    rows.append(Row("better, then worse: promoted after it turned", 100 * float(late[-1] - late[DAYS // 2]), unit="%"))
    bars: list[tuple[str, float, float]] = []
    for stretch in (30, 90):
        say(f"{covered} streams of {stretch} days for intervals")
        with_audit, without = coverage(rng, covered, stretch), coverage(rng, covered, stretch, audit=False)
        for name in SHOWN:
            (ours, bias, unit), (peer, peer_bias, _) = with_audit[name], without[name]
            rows.append(Row(f"{name}, {stretch} days: intervals that hold the truth", ours, peer, "no audit", "%"))
            rows.append(Row(f"{name}, {stretch} days: bias", bias, peer_bias, "no audit", unit))
        names = {one.name: one.words for one in MEASURES}
        bars = [(names[name] + DIFFERENCE * (name in OF_BOTH), with_audit[name][0], without[name][0]) for name in SHOWN]
    report("ab_simulation", rows)
    if given.picture:
        picture = draw(found["equal"], found["better"], bars)
        (ROOT / "docs" / "comparing.svg").write_text(picture)


def decide(rng: np.random.Generator, days: Table, runs: int, disputed: float = DISPUTED, rare: float = 0.0) -> Decided:
    """`days` (d, 2, 2, 2): the truth of each day. Both ways of deciding get the same labels every day. `rare`: share of
    disputes that are seen only as often as what both reject."""
    chance = chances(disputed)
    cells = draw_cells(rng, days, runs, chance)
    if rare:
        hidden = rng.binomial(cells[:, :, 2, 1:, 1, 0], rare)
        seen = rng.binomial(hidden, chance[1])
        cells[:, :, 2, 1:, 1, 0] -= hidden
        cells[:, :, 1, 1:, 1, 0] += seen
        cells[:, :, 1, 0, 1, 0] += (hidden - seen).sum(-1)
    only_a, only_b = discordant(cells.cumsum(1))
    rows = disagreements(cells.cumsum(1))
    needed = -np.log(ALPHA) + SIDES
    for_b = _ever(in_parts(only_b, only_a, rows, chance) >= needed)
    for_a = _ever(in_parts(only_a, only_b, rows, chance) >= needed)
    all_a, all_b = only_a.sum(-1), only_b.sum(-1)
    p = np.minimum(1, 2 * bdtr(np.minimum(all_a, all_b), np.maximum(all_a + all_b, 1), 0.5))
    labels = cells[:, :, :, 1:].sum((2, 3, 4, 5)).cumsum(1)
    first = np.where(for_b[:, -1], for_b.argmax(1), DAYS - 1)
    until = labels[np.arange(runs), first]
    told = p < ALPHA
    return Decided(
        for_b.mean(0),
        _ever(told & (all_b > all_a)).mean(0),
        (for_a | for_b).mean(0),
        _ever(told).mean(0),
        np.quantile(first + 1, QUANTILES),
        np.quantile(until, QUANTILES),
    )


def draw_cells(rng: np.random.Generator, days: Table, runs: int, chance: np.ndarray) -> np.ndarray:
    """(runs, d, k, 3, 2, 2) as `Counts.by_day`, with the looks of the plan: what is not rejected is always seen."""
    rows = np.stack([rng.multinomial(A_DAY, day.reshape(-1), runs) for day in days], 1)
    rows = rows.reshape(runs, len(days), 2, 2, 2)
    made = np.zeros((runs, len(days), 3, 3, 2, 2), np.int64)
    made[:, :, 0, 1:, 0, :] = rows[:, :, :, 0, :]
    for level, b_hits in ((1, 1), (2, 0)):
        own = rows[:, :, :, 1, b_hits]
        seen = rng.binomial(own, chance[level])
        made[:, :, level, 1:, 1, b_hits] = seen
        made[:, :, level, 0, 1, b_hits] = (own - seen).sum(-1)
    return made


def in_parts(wins: np.ndarray, losses: np.ndarray, rows: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """A few streams at a time: a mixture may hold 1,000 figures for each day of each stream."""
    parts = [slice(n, n + 50) for n in range(0, len(wins), 50)]
    return np.concatenate([capital(wins[part], losses[part], rows[part], chance) for part in parts])


def coverage(
    rng: np.random.Generator, runs: int, stretch: int, audit: bool = True
) -> dict[str, tuple[float, float, str]]:
    """name -> (% of intervals that hold the truth, bias, its unit) after `stretch` days, each stream with a truth of
    its own. Without audit: what people saw anyway, each label counted once."""
    place = {one.name: n for n, one in enumerate(MEASURES)}
    held, errors = dict.fromkeys(SHOWN, 0), {name: [] for name in SHOWN}
    for _ in range(runs):
        one = truth(
            *rng.uniform(0.02, 0.08, 2),
            *rng.uniform(0.0005, 0.004, 2),
            rng.uniform(0.01, 0.06),
            rng.uniform(0.0005, 0.004),
        )
        goal = measure(one, Costs())
        chance = chances()
        chance[1] *= audit
        cells = draw_cells(rng, np.broadcast_to(one, (stretch, 2, 2, 2)), 1, chance)[0].sum(0)
        if not audit:
            chance, cells[:, 0] = np.ones(3), 0
        found = estimates(cells, chance, Costs(), seed=int(rng.integers(1 << 30)))
        for name in SHOWN:
            which = 2 if name in OF_BOTH else 0
            own = found[name].difference if name in OF_BOTH else found[name].a
            real = goal[place[name], which]
            held[name] += own.low <= real <= own.high
            errors[name].append(own.value - real)
    units = {one.name: one.unit for one in MEASURES}
    return {name: (100 * held[name] / runs, float(np.nanmean(errors[name])), units[name]) for name in SHOWN}


def _broad(one: Table) -> Table:
    return np.broadcast_to(one, (DAYS, 2, 2, 2))


def _waves() -> np.ndarray:
    return 0.05 + 0.03 * np.sin(np.arange(DAYS) / 7)


def _ever(decided: np.ndarray) -> np.ndarray:
    return np.logical_or.accumulate(decided, 1)


def _after_turn(kind: Decided) -> float:
    return float(100 * (kind.promoted[-1] - kind.promoted[DAYS // 2]))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
