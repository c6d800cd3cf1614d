"""Traffic of an app as it is on quiet days, invented, and the scan over it: how often is it wrong, how soon right?

Quiet is not even: mornings rise, weekends are fuller, days and hours differ, markets and weeks differ in what is found,
a child sends the same fault several times in a row, and releases take over within a day. No Django here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
from numpy.typing import NDArray

from moderation.alerts.past import Cut, Past, Uploads
from moderation.alerts.scan import SWEEPS_A_DAY, WINDOWS, Burst, Cell, Thing, bursts, uploads_burst

VERSIONS = ("5.2.0", "5.3.0", "5.3.1")
MARKETS = ("DK", "DE", "ES", "US", "GB", "FR")
SHARES = (0.08, 0.27, 0.12, 0.25, 0.16, 0.12)
THINGS: dict[Thing, float] = {
    ("quality", "bad_picture"): 0.03,
    ("face", "face"): 0.02,
    ("profanity", "rude"): 0.01,
    ("pii", "personal"): 0.006,
    ("quality", ""): 0.0005,
}
HOUR = SWEEPS_A_DAY // 24
FIRST = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
CUTS: list[Cut] = [(version, market) for version in VERSIONS for market in MARKETS]


@dataclass
class Traffic:
    """Per half minute and cell of CUTS: uploads (T, C), and found (T, C, K) for each of THINGS."""

    uploads: NDArray[np.int64]
    found: NDArray[np.int64]
    _hours: dict[tuple[int, Thing], Past] = field(default_factory=dict)

    def add(self, at: int, ticks: int, count: int, version: str, thing: Thing, random: np.random.Generator) -> None:
        """A burst: `count` uploads of `version` in which `thing` is found, spread evenly over `ticks` from `at` on."""
        market = random.choice(len(MARKETS), count, p=SHARES)
        cell = VERSIONS.index(version) * len(MARKETS) + market
        tick = at + np.arange(count) * ticks // count
        np.add.at(self.uploads, (tick, cell), 1)
        np.add.at(self.found[:, :, list(THINGS).index(thing)], (tick, cell), 1)


def quiet(days: int, a_minute: float, random: np.random.Generator) -> Traffic:
    """`days` of traffic with `a_minute` uploads on average."""
    ticks = days * SWEEPS_A_DAY
    time = np.arange(ticks) / SWEEPS_A_DAY
    hour, day = time % 1 * 24, time.astype(int)
    shape = 0.15 + np.exp(-(((hour - 17) / 3.5) ** 2)) + 0.35 * np.exp(-(((hour - 8) / 1.5) ** 2))
    shape *= np.where(day % 7 >= 5, 1.4, 1.0) * np.exp(random.normal(0, 0.15, days))[day]
    shape *= np.exp(random.normal(0, 0.12, days * 24 + 1))[np.arange(ticks) // HOUR]
    level = a_minute / 2 * shape / shape.mean()
    versions = _versions(time, days)
    mean = (level[:, None, None] * versions[:, :, None] * np.array(SHARES)).reshape(ticks, -1)
    uploads = random.poisson(mean)
    found = np.zeros((*uploads.shape, len(THINGS)), np.int64)
    for k, rate in enumerate(THINGS.values()):
        market = np.exp(random.normal(0, 0.4, len(MARKETS)))
        rates = rate * np.tile(market, len(VERSIONS)) * np.exp(random.normal(0, 0.25, days))[day][:, None]
        first = random.binomial(uploads, np.minimum(rates, 0.5))
        again = random.binomial(first * 4, 0.15)  # who sent one sends some more of the same
        found[:, :, k] = first + again
        uploads = uploads + again
    return Traffic(uploads, found)


def _versions(time: NDArray[np.float64], days: int) -> NDArray[np.float64]:
    """(T, 3) shares: each release takes over within about a day."""
    second = 1 / (1 + np.exp(-(time - days * 0.4) * 6))
    third = 1 / (1 + np.exp(-(time - days * 0.7) * 6))
    return np.stack([1 - second, second * (1 - third), second * third], axis=1) * 0.94 + 0.02


def scan(traffic: Traffic, begin: int, end: int) -> Iterator[tuple[int, list[Burst]]]:
    """(tick, bursts) of every sweep from `begin` to `end` that sees one; the past is what was before `begin`'s hour,
    growing by the hour as in earnest."""
    total = traffic.uploads.cumsum(0)
    found = traffic.found.cumsum(0)
    for tick in range(begin, end):
        now = FIRST + timedelta(seconds=30 * (tick + 1))
        uploads = [total[tick] - total[tick - 2 * m] for m in WINDOWS]
        counts = [found[tick] - found[tick - 2 * m] for m in WINDOWS]
        cells = {
            cut: Cell(
                (n := [int(u[c]) for u in uploads]),
                n,
                {thing: [int(x[c, k]) for x in counts] for k, thing in enumerate(THINGS) if counts[-1][c, k]},
            )
            for c, cut in enumerate(CUTS)
            if uploads[-1][c]
        }
        hours = tick // HOUR
        seen = bursts(cells, partial(_past, traffic, hours), now)
        if not seen and (many := uploads_burst(cells, _uploads(traffic, hours), now)):
            seen = [many]
        if seen:
            yield tick, seen


def _past(traffic: Traffic, hours: int, thing: Thing) -> Past:
    if (hours, thing) not in traffic._hours:
        first, k = max(0, hours - 28 * 24), list(THINGS).index(thing)
        looked = traffic.uploads[first * HOUR : hours * HOUR]
        x = traffic.found[first * HOUR : hours * HOUR, :, k]
        by_hour = zip(looked.sum(1).reshape(-1, HOUR).sum(1), x.sum(1).reshape(-1, HOUR).sum(1), strict=True)
        traffic._hours[hours, thing] = Past(
            {cut: (int(n), int(f)) for cut, n, f in zip(CUTS, looked.sum(0), x.sum(0), strict=True)},
            [(FIRST + timedelta(hours=first + h), int(n), int(f)) for h, (n, f) in enumerate(by_hour)],
        )
    return traffic._hours[hours, thing]


# One at a time: the sweeps of an hour ask for the same.
_kept: dict[tuple[int, int], dict[str, Uploads]] = {}


def _uploads(traffic: Traffic, hours: int) -> dict[str, Uploads]:
    key = (id(traffic), hours)
    if key not in _kept:
        _kept.clear()
        first = max(0, hours - 28 * 24)
        counts = traffic.uploads[first * HOUR : hours * HOUR].reshape(-1, HOUR, len(VERSIONS), len(MARKETS)).sum((1, 2))
        columns = {"": counts.sum(1)} | {market: counts[:, m] for m, market in enumerate(MARKETS)}
        _kept[key] = {
            name: Uploads([(FIRST + timedelta(hours=first + h), int(n)) for h, n in enumerate(column)])
            for name, column in columns.items()
        }
    return _kept[key]
