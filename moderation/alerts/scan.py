"""Is there more of something than there ever is? A scan over app versions, markets and times, with false-alarm control.

For each thing that a detector finds (detector, reason) all cuts by version, market and both are tried over windows that
end now; the most likely one is named, as in Kulldorff's scan statistic (A spatial scan statistic, Commun. Stat. 1997).
Counts are compared as in Farrington's and Noufaily's outbreak detection (Stat. Med. 2013): a negative binomial around
what the past lets expect. What is expected is a share of the uploads, so a release that everybody installs, or a busy
hour, is no burst. The level of one test is the false alarms allowed a day, divided by the day's tests (Bonferroni:
it holds however the tests depend on each other). No Django here.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from scipy.stats import nbinom

from moderation.alerts.past import ALL, Cut, Past, Uploads, wanted

WINDOWS = (1, 5, 15)  # minutes
SWEEPS_A_DAY = 24 * 60 * 2
FALSE_A_DAY = 0.05
LEAST_TESTS = 1000  # so many are reckoned with even where little is to be tested
LEAST, LEAST_UPLOADS = 10, 30  # fewer is no burst, however rare
TIMES = 3.0  # nor is less than so many times the usual
NEARLY_ALL = 0.9
SAME_FILE_SIZE = 2.0

Thing = tuple[str, str]  # (detector, reason)


@dataclass(frozen=True)
class Cell:
    """What came from one app version and market, for each of WINDOWS: uploads, those looked at, and among these those
    in which each thing was found."""

    uploads: Sequence[int]
    looked: Sequence[int]
    found: Mapping[Thing, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Burst:
    """Something of which there is more than there ever is. An empty name stands for all of them; `digest` is that of
    one file. Without detector and digest it is the number of uploads itself."""

    detector: str
    reason: str
    version: str
    market: str
    digest: str
    minutes: int
    counted: int
    expected: float
    chance: float  # of so many or more on a usual day, in one test
    score: float  # log likelihood ratio

    @property
    def series(self) -> str:
        """What of one app there is one open alert of."""
        return self.digest or f"{self.detector}/{self.reason}"


def level(tests: int) -> float:
    """Of one test among `tests` of a sweep."""
    return FALSE_A_DAY / (SWEEPS_A_DAY * max(tests, LEAST_TESTS))


def chance(counted: int, expected: float, size: float) -> float:
    """P(X >= counted), X negative binomial with mean `expected` > 0 and variance expected + expected^2 / size."""
    return float(nbinom.sf(counted - 1, size, size / (size + expected)))


def score(counted: int, expected: float) -> float:
    """Log likelihood ratio of a Poisson count; 0 where there is no more than expected."""
    return counted * math.log(counted / expected) - (counted - expected) if counted > expected else 0.0


def cuts_of(cells: Iterable[Cut]) -> list[Cut]:
    """All, each version, each market, each of both; the most general first, so that it wins a tie."""
    there = list(cells)
    versions = sorted({version for version, _ in there if version})
    markets = sorted({market for _, market in there if market})
    both = sorted((version, market) for version, market in there if version and market)
    return [ALL, *((version, "") for version in versions), *(("", market) for market in markets), *both]


def bursts(cells: Mapping[Cut, Cell], past: Callable[[Thing], Past], now: datetime) -> list[Burst]:
    """The most likely cut of each thing of which there is more than usual. `past` is asked only for what may be one."""
    things = {thing for cell in cells.values() for thing in cell.found}
    cuts = cuts_of(cells)
    alpha = level(len(things) * len(cuts) * len(WINDOWS))
    found = []
    for thing in sorted(things):
        if max(_sums(cells, ALL, thing)[1]) < LEAST:
            continue
        known = past(thing)
        size = known.dispersion
        likely: list[Burst] = []
        for cut in cuts:
            looked, counts = _sums(cells, cut, thing)
            if max(counts) < LEAST:
                continue
            rate = known.rate(cut, now)
            for minutes, n, counted in zip(WINDOWS, looked, counts, strict=True):
                expected = n * rate
                if counted < LEAST or counted < TIMES * expected:
                    continue
                if (p := chance(counted, expected, size)) >= alpha:
                    continue
                likely.append(Burst(*thing, *cut, "", minutes, counted, expected, p, score(counted, expected)))
        if likely:
            found.append(_named(likely))
    return found


def _named(likely: Sequence[Burst]) -> Burst:
    """The likeliest; where nearly all of it comes from one version, that one: most of an app's uploads may come from a
    version anyway, and yet its name is what its developers need."""
    best = max(likely, key=lambda burst: burst.score)
    of_it = [
        burst
        for burst in likely
        if burst.version
        and (burst.market, burst.minutes) == (best.market, best.minutes)
        and burst.counted >= NEARLY_ALL * best.counted
    ]
    return best if best.version or not of_it else max(of_it, key=lambda burst: burst.counted)


def uploads_burst(cells: Mapping[Cut, Cell], past: Mapping[str, Uploads], now: datetime) -> Burst | None:
    """More uploads than on such a day at such a time, in the app or in one market. `past`: by market, ""
    for all. Versions are no question here: a new one always comes to more than it had."""
    alpha = level(len(past) * len(WINDOWS))
    best: Burst | None = None
    for market in sorted(past):
        if (usual := past[market].usual(now)) is None:
            continue
        mine = [cell for of, cell in cells.items() if wanted(("", market), of)]
        for n, minutes in enumerate(WINDOWS):
            counted, expected = sum(cell.uploads[n] for cell in mine), usual[0] * minutes
            if counted < LEAST_UPLOADS or counted < TIMES * expected:
                continue
            p, llr = chance(counted, expected, usual[1]), score(counted, expected)
            if p < alpha and (best is None or llr > best.score + 1e-9):
                best = Burst("", "", "", market, "", minutes, counted, expected, p, llr)
    return best


def same_file(digest: str, counted: int, uploads: int, before: int, uploads_before: int) -> Burst | None:
    """One file that comes again and again: `counted` among `uploads` of the longest window, `before` among those of
    the day before."""
    expected = uploads * (before + 0.5) / (uploads_before + 500)
    if counted < LEAST or counted < TIMES * expected:
        return None
    p = chance(counted, expected, SAME_FILE_SIZE)
    if p >= level(0):
        return None
    return Burst("", "", "", "", digest, WINDOWS[-1], counted, expected, p, score(counted, expected))


def _sums(cells: Mapping[Cut, Cell], cut: Cut, thing: Thing) -> tuple[list[int], list[int]]:
    looked, counts = [0] * len(WINDOWS), [0] * len(WINDOWS)
    for of, cell in cells.items():
        if wanted(cut, of):
            there = cell.found.get(thing)
            for n in range(len(WINDOWS)):
                looked[n] += cell.looked[n]
                counts[n] += there[n] if there else 0
    return looked, counts
