"""The charts of the page: each with its figures as a table."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from brickmod import markets
from engagement.trends.reading import AGES, NONE, Counted
from engagement.trends.rising import FEWEST_WEEKS, Says, Trend, order
from featurestore.overview.charts import Cell, Chart, Table, bars
from featurestore.overview.intervals import Interval, share

TONES = ("accent", "warn", "good", "bad")  # of the most frequent themes, everywhere on the page
REST, REST_TONE, NONE_TONE = "other themes", "quiet", "line"
DAILY = 35  # days up to which each has a point of its own; beyond, weeks
LARGEST = 12  # markets that are drawn; the table has all
PAIRS = 12  # confusions that are drawn
_DATES = {"type": "date", "tickformat": "%-d %b"}
_TREND_TONES = {Says.RISING: "good", Says.FALLING: "bad", Says.STEADY: "accent", Says.EARLY: "quiet"}


def over_time(found: Counted, names: Mapping[str, str], stacked: bool) -> Chart:
    """Counts on top of each other, or each theme's share with its interval."""
    days, counts = _periods(found)
    top = [n for n, slug in enumerate(found.slugs) if slug][: len(TONES)]
    none = [n for n, slug in enumerate(found.slugs) if not slug]
    rest = [n for n in range(len(found.slugs)) if n not in {*top, *none}]
    total = counts.sum(1)
    called = [names.get(slug, slug) for slug in found.slugs]
    lines = [(called[n], counts[:, n], tone) for n, tone in zip(top, TONES, strict=False)]
    if rest:
        lines.append((REST, counts[:, rest].sum(1), REST_TONE))
    every = "day" if len(days) == len(found.days) else "week"
    if stacked:
        if none:
            lines.append((NONE, counts[:, none[0]], NONE_TONE))
        traces: list[dict[str, Any]] = [
            {"type": "bar", "name": name, "x": days, "y": n.tolist(), "tone": tone} for name, n, tone in lines
        ]
        layout: dict[str, Any] = {"barmode": "stack", "yaxis": {"title": f"creations a {every}"}}
        says = "All creations with what they were taken for."
    else:
        traces = [one for name, n, tone in lines if tone != REST_TONE for one in _banded(name, days, n, total, tone)]
        layout = {"yaxis": {"title": f"% of a {every}'s creations", "rangemode": "tozero"}}
        says = "Share of all creations; the bands are 95 % intervals (Wilson), each for its own point."
    rows: list[tuple[Cell, ...]] = [
        (days[at], int(total[at]), *(int(counts[at, n]) for n in range(len(found.slugs)))) for at in range(len(days))
    ]
    columns = ("Day" if every == "day" else "Week to", "All", *called)
    return Chart(
        "over-time",
        f"Themes by {every}",
        f"{says} Days are UTC days of publishing.",
        Table("themes", columns, rows[::-1] if total.sum() else []),
        traces,
        {**layout, "xaxis": _DATES, "legend": True, "tall": True},
    )


def no_theme(found: Counted) -> Chart:
    days, counts = _periods(found)
    total = counts.sum(1)
    none = counts[:, found.slugs.index("")] if "" in found.slugs else np.zeros_like(total)
    shares = [share(int(k), int(n)) for k, n in zip(none, total, strict=True)]
    rows = [
        (day, int(n), int(k), *_percents(one)) for day, n, k, one in zip(days, total, none, shares, strict=True) if n
    ]
    return Chart(
        "no-theme",
        "Creations without a theme",
        "Share of all, with 95 % intervals. More of them: children build something that no theme knows yet, or write "
        "less. Fewer: a theme takes what is none of its own.",
        Table("no-theme", ("Day", "Creations", "Without a theme", "%", "From", "To"), rows[::-1]),
        _banded(NONE, days, none, total, "accent"),
        {"xaxis": _DATES, "yaxis": {"title": "% without a theme", "rangemode": "tozero"}},
    )


def trending(found: Sequence[Trend], slugs: Sequence[str], names: Mapping[str, str], weeks: int) -> Chart:
    """Each theme's last week against its own weeks before, the surest change first."""
    places = [n for n in order(found) if found[n].count or found[n].expected]
    rows = [
        (
            names.get(slugs[n], slugs[n]),
            str(one.says),
            one.count,
            round(one.expected, 1),
            round(one.ratio, 2),
            round(one.low, 2),
            round(one.high, 2) if np.isfinite(one.high) else "",
        )
        for n in places
        for one in [found[n]]
    ]
    known = [n for n in places if np.isfinite(found[n].high)][:16]
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": str(says),
            "x": [found[n].ratio for n in mine],
            "y": [names.get(slugs[n], slugs[n]) for n in mine],
            "error_x": {
                "symmetric": False,
                "array": [found[n].high - found[n].ratio for n in mine],
                "arrayminus": [found[n].ratio - found[n].low for n in mine],
            },
            "marker": {"size": 9},
            "tone": tone,
        }
        for says, tone in _TREND_TONES.items()
        if (mine := [n for n in known if found[n].says == says])
    ]
    drawn = [names.get(slugs[n], slugs[n]) for n in known]
    past = f"the {weeks} weeks before" if weeks >= FEWEST_WEEKS else f"its past ({FEWEST_WEEKS} weeks of it are needed)"
    return Chart(
        "trending",
        "Rising and falling: the last seven days against each theme's own past",
        f"Rate in all creations over its rate in {past}, drawn towards 1 where there is little to go by. Intervals "
        "hold with 95 % for all themes together and allow for weeks that differ by themselves; where one takes in 1 "
        "and more than a quarter to either side, it is too early to tell.",
        Table("trending", ("Theme", "It is", "Last 7 days", "Its past foresees", "Times", "From", "To"), rows),
        traces,
        {
            "xaxis": {
                "type": "log",
                "title": "times its past",
                "tickvals": [0.25, 0.5, 1, 2, 4],
                "zeroline": False,
                "range": [-0.95, 0.95],
            },
            "yaxis": {"type": "category", "categoryorder": "array", "categoryarray": drawn[::-1]},
            "marks": [{"x": 1}],
            "legend": True,
            "tall": True,
        },
    )


def by_market(found: Mapping[str, Mapping[str, int]], slugs: Sequence[str], names: Mapping[str, str]) -> Chart:
    """What is built where: shares of the most frequent themes."""
    totals = {market: sum(n.values()) for market, n in found.items()}
    largest = sorted(totals, key=lambda market: (-totals[market], market))
    drawn = largest[:LARGEST]
    top = [slug for slug in slugs if slug][: len(TONES)]
    lines: list[tuple[str, list[float], str]] = [
        (names.get(slug, slug), [100 * found[market].get(slug, 0) / totals[market] for market in drawn], tone)
        for slug, tone in zip(top, TONES, strict=False)
    ]
    rest = [100 * sum(n for slug, n in found[m].items() if slug and slug not in top) / totals[m] for m in drawn]
    lines += [(REST, rest, REST_TONE), (NONE, [100 * found[m].get("", 0) / totals[m] for m in drawn], NONE_TONE)]
    rows: list[tuple[Cell, ...]] = [
        (markets.name(market), totals[market], *(found[market].get(slug, 0) for slug in slugs)) for market in largest
    ]
    return Chart(
        "markets",
        "What is built where",
        "Share of each market's creations, the largest markets first. Counts of all markets stand in the table.",
        Table("markets", ("Market", "All", *(names.get(slug, slug) for slug in slugs)), rows),
        [
            bars([markets.name(m) for m in drawn], [round(v, 1) for v in values], name=name, tone=tone)
            for name, values, tone in lines
        ],
        {"barmode": "stack", "xaxis": {"title": "% of the market's creations"}, "legend": True, "tall": len(drawn) > 6},
    )  # fmt: skip


def confusion(found: Sequence[tuple[str, str, int]], seen: Mapping[str, int], names: Mapping[str, str]) -> Chart:
    """What people corrected: taken for this, but that. With how often a theme is wrong where somebody looked."""
    total = sum(n for _, _, n in found)
    from_: dict[str, list[int]] = {}
    for guessed, said, n in found:
        from_.setdefault(guessed, [0, 0])[0] += n
        from_.setdefault(said, [0, 0])[1] += n
    rows = []
    for guessed, said, n in found:
        wrong = from_[guessed][0]
        # Seen as `guessed`: those that stand so now, without those moved there, and those moved away.
        looked = max(wrong, seen.get(guessed, 0) - from_[guessed][1] + wrong)
        one = share(wrong, looked)
        rows.append((names.get(guessed, guessed), names.get(said, said), n, looked, *_percents(one)))
    drawn = rows[:PAIRS]
    return Chart(
        "confusion",
        "Taken for something else",
        f"{total:,} corrections by people. On the right of the table: how often that theme is wrong where a person "
        "decided on the comment, and so had the theme before them; 95 % intervals.",
        Table(
            "confusion", ("Taken for", "Is", "Times", "Looked at", "% wrong", "From", "To"), rows
        ),
        [bars([f"{row[0]} → {row[1]}" for row in drawn], [int(row[2]) for row in drawn])],
        {"xaxis": {"title": "corrections", "rangemode": "tozero"}, "tall": len(drawn) > 6},
    )  # fmt: skip


def queue(counts: Sequence[int]) -> Chart:
    rows = [(words, n) for (words, _), n in zip(AGES, counts, strict=True)]
    return Chart(
        "queue",
        "Drafts that wait for a person",
        "By how long ago they were written. A comment that comes a week after the build is one about another build.",
        Table("queue", ("Waits", "Drafts"), rows if sum(counts) else []),
        [bars([words for words, _ in rows], [n for _, n in rows])],
        {"xaxis": {"title": "drafts", "rangemode": "tozero"}},
    )


def _periods(found: Counted) -> tuple[list[str], np.ndarray]:
    """(days, counts): a point a day, or over many days the last day of each week."""
    days = [str(day) for day in found.days]
    if len(days) <= DAILY:
        return days, found.counts
    whole = len(days) // 7
    kept = found.counts[len(days) - 7 * whole :].reshape(whole, 7, -1).sum(1)
    return days[len(days) - 7 * whole + 6 :: 7], kept


def _banded(name: str, days: Sequence[str], k: np.ndarray, n: np.ndarray, tone: str) -> list[dict[str, Any]]:
    """A line of shares in % and the band around it; days without a creation are left out."""
    there = [at for at in range(len(days)) if n[at]]
    found = [share(int(k[at]), int(n[at])) for at in there]
    x = [days[at] for at in there]
    band = [100 * one.high for one in found] + [100 * one.low for one in found][::-1]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": x + x[::-1],
            "y": band,
            "fill": "toself",
            "line": {"width": 0},
            "opacity": 0.25,
            "hoverinfo": "skip",
            "showlegend": False,
            "tone": tone,
        },
        {"type": "scatter", "mode": "lines", "name": name, "x": x, "y": [100 * one.figure for one in found],
         "tone": tone},
    ]  # fmt: skip


def _percents(one: Interval) -> tuple[float, float, float]:
    return round(100 * one.figure, 1), round(100 * one.low, 1), round(100 * one.high, 1)
