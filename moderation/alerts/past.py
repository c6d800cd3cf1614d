"""What is usual: how often something is found among uploads, and how much that varies. No Django here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

Cut = tuple[str, str]  # (app version, market); "" stands for all
ALL: Cut = ("", "")

PRIOR_LOOKED, PRIOR_FOUND = 50.0, 1.0  # an app without a past is taken to find something in one upload of fifty
OWN_AFTER = 200.0  # after so many uploads, a version's or market's own rate weighs as much as the app's
HOUR_AFTER = 300.0  # the same for the hour of the day
TIGHT, LOOSE = 3.0, 1.5  # bounds of the dispersion: minutes are clumpier than the hours it is measured on
LEAST_DAYS = 3  # so many like days before a number of uploads is called unusual


def wanted(cut: Cut, of: Cut) -> bool:
    """Is the cell `of` in `cut`?"""
    return all(not name or name == other for name, other in zip(cut, of, strict=True))


@dataclass(frozen=True)
class Past:
    """The past of one thing that a detector finds in one app. `cells`: {(version, market): (looked at, found)};
    `hours`: (the hour's beginning, looked at, found)."""

    cells: Mapping[Cut, tuple[int, int]] = field(default_factory=dict)
    hours: Sequence[tuple[datetime, int, int]] = ()

    def rate(self, cut: Cut, now: datetime) -> float:
        """The expected share of uploads in which it is found, 0..1: the cut's own, drawn to the app's as far as little
        is known of it, and never less than what is usual at this hour of the day."""
        own = [counts for of, counts in self.cells.items() if wanted(cut, of)]
        share = (sum(x for _, x in own) + OWN_AFTER * self.whole) / (sum(n for n, _ in own) + OWN_AFTER)
        near = [self._clock[(now.hour + step) % 24] for step in (-1, 0, 1)]
        here = (sum(x for _, x in near) + HOUR_AFTER * self.whole) / (sum(n for n, _ in near) + HOUR_AFTER)
        return min(1.0, share * max(1.0, here / self.whole))

    @cached_property
    def whole(self) -> float:
        """The app's share over all of the past."""
        looked, found = sum(n for n, _ in self.cells.values()), sum(x for _, x in self.cells.values())
        return (found + PRIOR_FOUND) / (looked + PRIOR_LOOKED)

    @cached_property
    def _clock(self) -> list[tuple[int, int]]:
        """(looked at, found) for each hour of the day."""
        clock = [(0, 0)] * 24
        for hour, n, x in self.hours:
            clock[hour.hour] = (clock[hour.hour][0] + n, clock[hour.hour][1] + x)
        return clock

    @cached_property
    def dispersion(self) -> float:
        """The size r of a negative binomial, by moments over the hours: its variance is mu + mu^2 / r."""
        expected = [(n * self.whole, x) for _, n, x in self.hours if n]
        return size([mu for mu, _ in expected], [x for _, x in expected])


def size(mus: Sequence[float], counts: Sequence[float]) -> float:
    """r by moments, within bounds; the upper one when there is next to no past."""
    if len(mus) < 24:
        return TIGHT
    above = sum((x - mu) ** 2 - mu for mu, x in zip(mus, counts, strict=True))
    return TIGHT if above <= 0 else max(LOOSE, min(TIGHT, sum(mu * mu for mu in mus) / above))


@dataclass(frozen=True)
class Uploads:
    """How many uploads an hour brought: (the hour's beginning, uploads)."""

    hours: Sequence[tuple[datetime, int]]

    def usual(self, now: datetime) -> tuple[float, float] | None:
        """(uploads a minute that are usual on such a day at this time, dispersion). None when fewer than LEAST_DAYS
        like days are known. Between hours the line is straight, so that a morning's rise is no burst."""
        days, means, size = self._like[now.weekday() >= 5]
        if days < LEAST_DAYS:
            return None
        place = (now.hour + now.minute / 60 - 0.5) % 24
        left = int(place)
        level = means[left] * (1 - place % 1) + means[(left + 1) % 24] * (place % 1)
        return max(level, means[now.hour], 1.0) / 60, size  # the whole hour counts too: some days begin earlier

    @cached_property
    def _like(self) -> dict[bool, tuple[int, list[float], float]]:
        """weekend? -> (days, uploads for each hour of the day on average, dispersion)"""
        found = {}
        for weekend in (False, True):
            like = [(hour, n) for hour, n in self.hours if (hour.weekday() >= 5) == weekend]
            days = max(1, len({hour.date() for hour, _ in like}))
            sums = [0] * 24
            for hour, n in like:
                sums[hour.hour] += n
            means = [n / days for n in sums]
            r = size([max(means[hour.hour], 0.1) for hour, _ in like], [n for _, n in like])
            found[weekend] = (days if like else 0, means, r)
        return found
