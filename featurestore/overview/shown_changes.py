"""What was measured of drift and coverage, as charts."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from featurestore.overview.charts import Chart, Table
from featurestore.overview.models import Drifting, DriftTest
from featurestore.overview.wording import brief, percent

UNUSUAL = 0.01  # below this p a test is marked; each day has several tests, so one in twenty would be daily noise


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
            percent(test.figure),
            f"{percent(test.low)} to {percent(test.high)}",
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
            "name": brief(subject),
            "x": [test.day.isoformat() for test in some],
            "y": [percent(test.figure) for test in some],
            "error_y": {
                "array": [percent(test.high - test.figure) for test in some],
                "arrayminus": [percent(test.figure - test.low) for test in some],
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


def maps(data: dict[str, Any]) -> list[Chart]:
    found = []
    for number, one in enumerate(data.get("maps", [])):
        points = {yes: [(x, y) for x, y, is_labelled in one["at"] if is_labelled == yes] for yes in (0, 1)}
        n, labelled = len(one["at"]), len(points[1])
        rows: list[tuple[Any, ...]] = [
            ("Features", one["of"]),
            ("Drawn, a random sample", n),
            ("Of these labelled", labelled),
            ("Variance on these two directions", f"{percent(one['shown'])} %"),
        ]
        if one["near"]:
            figure, low, high = map(percent, one["near"])
            rows.append(("Unlabelled near something labelled", f"{figure} % (95 % interval {low} to {high})"))
        found.append(
            Chart(
                f"map-{number}",
                f"Coverage: {brief(one['encoder'])}, {one['view']}",
                f"A random sample on the two directions in which vectors differ most (PCA; they hold "
                f"{percent(one['shown'])} % of the variance, so what is near here may be far apart). No units.",
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
