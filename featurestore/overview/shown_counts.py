"""Counts as charts: how much there is, of what, and how much there will be."""

from collections import Counter
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from featurestore.overview.charts import Chart, Table, bars
from featurestore.overview.growth import project
from featurestore.overview.wording import brief, megabytes

HORIZONS = (30, 90, 365)
BYTES = 2  # of a number: vectors lie as float16
SHORT = 13  # days
DAY = 0.8 * 24 * 3600 * 1000  # the width of a bar, in milliseconds; a single bar would have none
COUNT = {"xaxis": {"title": "features"}}
LABELS = {"xaxis": {"title": "labelled features"}}
TONES = {"yes": "bad", "no": "good"}


def counted(data: dict[str, Any], today: date) -> list[Chart]:
    """Charts of the newest counts."""
    return [_encoders(data), _days(data, today), _markets(data), _tasks(data), _sources(data)]


def _encoders(data: dict[str, Any]) -> Chart:
    rows = [(encoder, view, n, dim, megabytes(n * dim * BYTES)) for encoder, view, n, dim in data["encoders"]]
    return Chart(
        "encoders",
        "Features by encoder and view",
        "Counts. Vectors of two encoder versions are never mixed. The table adds what the vectors alone take, in MB.",
        Table("encoders", ("Encoder version", "Of", "Features", "Numbers in a vector", "MB"), rows),
        [bars([f"{brief(row[0])}, {row[1]}" for row in rows], [row[2] for row in rows])],
        COUNT,
    )


def _days(data: dict[str, Any], today: date) -> Chart:
    by_day = {date.fromisoformat(day): n for day, n in data["days"]}
    totals = list(accumulate(by_day.values()))
    features = sum(by_day.values())
    size = sum(n * dim * BYTES for _, _, n, dim in data["encoders"])
    each = size / features if features else 0
    ahead = project(by_day, today, HORIZONS)
    rows: list[tuple[Any, ...]] = [
        (
            f"{(today - timedelta(1) + timedelta(p.days)).isoformat()} (projected)",
            "",
            round(p.middle),
            f"{p.low:,.0f} to {p.high:,.0f}",
            megabytes(p.middle * each),
        )
        for p in ahead
    ]
    rows += [
        (d.isoformat(), n, total, "", megabytes(total * each))
        for (d, n), total in zip(by_day.items(), totals, strict=True)
    ][::-1]
    days = [d.isoformat() for d in by_day]
    line = "lines+markers" if len(days) == 1 else "lines"
    traces: list[dict[str, Any]] = [
        {"type": "bar", "name": "new a day", "x": days, "y": list(by_day.values()), "width": DAY, "tone": "line"},
        {"type": "scatter", "mode": line, "name": "in all", "yaxis": "y2", "x": days, "y": totals, "tone": "accent"},
    ]
    if ahead:
        # Drawn no further than three months, or the past would be a dot.
        drawn = ahead[:2]
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": "projected, with 90 % interval",
                "yaxis": "y2",
                "x": [(today - timedelta(1) + timedelta(p.days)).isoformat() for p in drawn],
                "y": [p.middle for p in drawn],
                "error_y": {
                    "array": [p.high - p.middle for p in drawn],
                    "arrayminus": [p.middle - p.low for p in drawn],
                },
                "tone": "warn",
            }
        )
    says = "Features by the day they came in (UTC). "
    says += (
        "Projected from the last eight weeks, drawn by the week: nine of ten such futures end within the interval."
        if ahead
        else "A projection needs a week of days."
    )
    return Chart(
        "days",
        "Growth and projected size",
        says,
        Table("days", ("Day", "New", "In all", "90 % interval", "MB of vectors"), rows),
        traces,
        {
            "xaxis": _dates(by_day, today),
            "yaxis": {"title": "new a day", "side": "right", "rangemode": "tozero"},
            "yaxis2": {"title": "features in all", "overlaying": "y", "side": "left", "rangemode": "tozero"},
            "legend": True,
        },
    )


def _dates(by_day: dict[date, int], today: date) -> dict[str, Any]:
    """A store of a few days is drawn on two weeks: alone, a day would be an axis of its hours."""
    if by_day and today - min(by_day) >= timedelta(SHORT):
        return {"type": "date"}
    return {"type": "date", "tickformat": "%-d %b", "range": [str(today - timedelta(SHORT)), str(today + timedelta(1))]}


def _markets(data: dict[str, Any]) -> Chart:
    rows = [(market or "(merged)", n) for market, n in data["markets"]]
    return Chart(
        "markets",
        "Features by market",
        "Counts. Markets that are too rare to stand alone are merged.",
        Table("markets", ("Market", "Features"), rows),
        [bars([row[0] for row in rows[:30]], [row[1] for row in rows[:30]])],
        COUNT,
    )


def _tasks(data: dict[str, Any]) -> Chart:
    counts: Counter[tuple[str, str]] = Counter()
    for task, value, _, n in data["labels"]:
        counts[task, value] += n
    tasks = sorted({task for task, _ in counts})
    values = sorted({value for _, value in counts})
    return Chart(
        "tasks",
        "Labelled features by task and label",
        "Counts of features whose label stands: the newest word of the strongest source, without what was withdrawn.",
        Table("tasks", ("Task", "Label", "Features"), [(*key, n) for key, n in sorted(counts.items())]),
        [bars(tasks, [counts[task, value] for task in tasks], name=value, tone=TONES.get(value)) for value in values],
        LABELS | {"barmode": "stack", "legend": True},
    )


def _sources(data: dict[str, Any]) -> Chart:
    counts: Counter[tuple[str, str]] = Counter()
    for task, _, source, n in data["labels"]:
        counts[source, task] += n
    sources = sorted({source for source, _ in counts})
    tasks = sorted({task for _, task in counts})
    return Chart(
        "sources",
        "Labelled features by source of the label",
        "Counts. Who said so: a moderator's decision, a second look, an audit, the label page, a rule, an import.",
        Table("sources", ("Source", "Task", "Features"), [(*key, n) for key, n in sorted(counts.items())]),
        [bars(sources, [counts[source, task] for source in sources], name=task) for task in tasks],
        LABELS | {"barmode": "stack", "legend": True},
    )
