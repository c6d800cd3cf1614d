"""From what was counted to the page's charts and tables. Everything is computed before a template begins."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from featurestore.overview.charts import Chart, Table, bars
from featurestore.overview.growth import project
from featurestore.overview.models import Drifting, DriftTest

HORIZONS = (30, 90, 365)
BYTES = 2  # of a number: vectors lie as float16
COUNT = {"xaxis": {"title": "features"}}
LABELS = {"xaxis": {"title": "labelled features"}}
UNUSUAL = 0.01  # below this p a test is marked; each day has several tests, so one in twenty would be daily noise
TONES = {"yes": "bad", "no": "good"}


def counted(data: dict[str, Any], today: date) -> list[Chart]:
    """Charts of the newest counts."""
    return [_encoders(data), _days(data, today), _markets(data), _tasks(data), _sources(data)]


def _encoders(data: dict[str, Any]) -> Chart:
    rows = [(encoder, view, n, dim, _mb(n * dim * BYTES)) for encoder, view, n, dim in data["encoders"]]
    return Chart(
        "encoders",
        "Features by encoder and view",
        "Counts. Vectors of two encoder versions are never mixed. The table adds what the vectors alone take, in MB.",
        Table("encoders", ("Encoder version", "Of", "Features", "Numbers in a vector", "MB"), rows),
        [bars([f"{_brief(row[0])}, {row[1]}" for row in rows], [row[2] for row in rows])],
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
            _mb(p.middle * each),
        )
        for p in ahead
    ]
    rows += [
        (d.isoformat(), n, total, "", _mb(total * each)) for (d, n), total in zip(by_day.items(), totals, strict=True)
    ][::-1]
    traces: list[dict[str, Any]] = [
        {"type": "bar", "name": "new a day", "x": [d.isoformat() for d in by_day], "y": list(by_day.values()),
         "tone": "line"},
        {"type": "scatter", "mode": "lines", "name": "in all", "yaxis": "y2", "x": [d.isoformat() for d in by_day],
         "y": totals, "tone": "accent"},
    ]  # fmt: skip
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
            "yaxis": {"title": "new a day", "side": "right", "rangemode": "tozero"},
            "yaxis2": {"title": "features in all", "overlaying": "y", "side": "left", "rangemode": "tozero"},
            "legend": True,
        },
    )


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


# -- drift -------------------------------------------------------------------------------------------------------
def drifting(tests: Sequence[DriftTest]) -> list[Chart]:
    """`tests` oldest first."""
    return [
        _drift(
            [test for test in tests if test.what == Drifting.VECTORS],
            "drift-vectors",
            "Drift of vectors: how many a classifier tells apart",
            "Last 7 days against the 28 before. 50 % is what guessing gives: nothing has changed. Bars are 95 % "
            "intervals; p is of an MMD test with 400 permutations.",
            "told apart, %",
            50,
        ),
        _drift(
            [test for test in tests if test.what == Drifting.LABELS],
            "drift-labels",
            "Drift of labels: change of each label's share",
            "Last 7 days against the 28 before, in percentage points; 0 means that nothing has changed. Bars are 95 % "
            "intervals; p is of a chi-square test over all labels of the task.",
            "change, percentage points",
            0,
        ),
    ]


def _drift(tests: Sequence[DriftTest], key: str, title: str, says: str, unit: str, still: float) -> Chart:
    by_subject: dict[str, list[DriftTest]] = defaultdict(list)
    for test in tests:
        by_subject[test.subject].append(test)
    rows = [
        (
            test.day.isoformat(),
            test.subject,
            _percent(test.figure),
            f"{_percent(test.low)} to {_percent(test.high)}",
            float(f"{test.p:.2g}"),
            "changed" if test.p < UNUSUAL else "",
            test.before,
            test.now,
        )
        for test in sorted(tests, key=lambda test: (-test.day.toordinal(), test.subject))
    ]
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": _brief(subject),
            "x": [test.day.isoformat() for test in some],
            "y": [_percent(test.figure) for test in some],
            "error_y": {
                "array": [_percent(test.high - test.figure) for test in some],
                "arrayminus": [_percent(test.figure - test.low) for test in some],
            },
        }
        for subject, some in by_subject.items()
        if not _mirrored(subject, by_subject)
    ]
    columns = ("Day", "What", unit.capitalize(), "95 % interval", "p", f"p < {UNUSUAL}", "Then (n)", "Now (n)")
    layout = {"yaxis": {"title": unit}, "xaxis": {"type": "date"}, "still": still, "legend": True}
    return Chart(key, title, says, Table(key, columns, rows), traces, layout)


def _mirrored(subject: str, among: dict[str, list[DriftTest]]) -> bool:
    """Of a task with two labels one says it all: "no" falls as "yes" rises. The table has both."""
    task, _, value = subject.rpartition(": ")
    return value == "no" and {s for s in among if s.rpartition(": ")[0] == task} == {f"{task}: yes", subject}


# -- the map -----------------------------------------------------------------------------------------------------
def maps(data: dict[str, Any]) -> list[Chart]:
    found = []
    for number, one in enumerate(data.get("maps", [])):
        points = {yes: [(x, y) for x, y, is_labelled in one["at"] if is_labelled == yes] for yes in (0, 1)}
        n, labelled = len(one["at"]), len(points[1])
        rows: list[tuple[Any, ...]] = [
            ("Features", one["of"]),
            ("Drawn, a random sample", n),
            ("Of these labelled", labelled),
            ("Variance on these two directions", f"{_percent(one['shown'])} %"),
        ]
        if one["near"]:
            figure, low, high = map(_percent, one["near"])
            rows.append(("Unlabelled near something labelled", f"{figure} % (95 % interval {low} to {high})"))
        found.append(
            Chart(
                f"map-{number}",
                f"Coverage: {_brief(one['encoder'])}, {one['view']}",
                f"A random sample on the two directions in which vectors differ most (PCA; they hold "
                f"{_percent(one['shown'])} % of the variance, so what is near here may be far apart). No units.",
                Table(f"map-{number}", ("What", "How much"), rows),
                [
                    {"type": "scatter", "mode": "markers", "name": name, "tone": tone, "x": [p[0] for p in points[yes]],
                     "y": [p[1] for p in points[yes]], "marker": {"size": 5, "symbol": symbol}}
                    for yes, name, tone, symbol in ((0, "not labelled", "quiet", "circle-open"),
                                                    (1, "labelled", "accent", "circle"))
                ],
                {"legend": True, "tall": True},
            )
        )  # fmt: skip
    return found


# -- figures -----------------------------------------------------------------------------------------------------
def _brief(name: str) -> str:
    """Encoder versions are long; a chart has no room for them, the table shows them whole. What tells two versions
    apart stands at the end, so the middle is left out."""
    version, comma, view = name.partition(", ")
    return (version if len(version) <= 22 else f"{version[:12]}…{version[-9:]}") + comma + view


def _mb(size: float) -> float:
    return round(size / 1e6, 1)


def _percent(share: float) -> float:
    return round(100 * share, 1)
