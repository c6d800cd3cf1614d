"""Charts of a comparison: each with its figures as a table. a is the champion, b the challenger."""

from typing import Any

import numpy as np

from featurestore.compare.comparison import Comparison
from featurestore.compare.estimate import Estimate
from featurestore.compare.slices import METHOD, Slice, Standing
from featurestore.overview.charts import Chart, Table

A, B = "quiet", "accent"  # the tones of champion and challenger, everywhere on the page
_LINE = {"type": "scatter", "mode": "lines"}
_LINES = {"type": "scatter", "mode": "lines+markers"}
_DOTS = {"type": "scatter", "mode": "markers"}


def evidence(found: Comparison) -> Chart:
    """Odds by day, on a scale where each step is ten times the last one."""
    path = found.evidence
    days = [str(day) for day in path.days]
    for_b, for_a = (np.minimum(10.0**line, 1e12) for line in (path.for_b, path.for_a))
    needed = 10**path.needed
    a, b = _versions(found)
    return Chart(
        "evidence",
        f"Evidence that {b} is better",
        "Odds, from uploads that only one of them was right on. May be looked at every day: if neither is better, "
        f"either line ever reaches {needed:.0f} to 1 in at most 1 of {needed:.0f} cases.",
        Table(
            "evidence",
            ("Day", f"Odds for {b}", f"Odds for {a}", f"Only {b} right, so far", f"Only {a} right, so far"),
            [
                (day, _odds(x), _odds(y), int(nb), int(na))
                for day, x, y, nb, na in zip(days, for_b, for_a, path.only_b, path.only_a, strict=True)
            ][::-1],
        ),
        [
            {**_LINES, "name": f"{a} is better", "x": days, "y": for_a.tolist(), "tone": A, "line": {"dash": "dot"}},
            {**_LINES, "name": f"{b} is better", "x": days, "y": for_b.tolist(), "tone": B},
        ],
        {
            "yaxis": {"type": "log", "title": "odds to 1", "range": _log_range(for_a, for_b, needed), "dtick": 1},
            "xaxis": {"type": "date", "tickformat": "%-d %b"},
            "marks": [{"y": needed, "at": float(np.log10(needed)), "text": f"enough: {needed:.0f} to 1"}],
            "legend": True,
        },
    )


def slices(found: Comparison) -> Chart:
    a, b = _versions(found)
    right = found.estimates["right"].difference
    shown = sorted(found.slices, key=lambda one: (one.dimension, -one.uploads))
    # A drawing of forty languages is a drawing of nothing: the largest, and all that are worse.
    drawn = [one for one in shown if one.standing == Standing.WORSE or one in _largest(found.slices)]
    names = ["all", *(_slice(one) for one in drawn)]
    values = [right, *(one.difference for one in drawn)]
    rows: list[tuple[Any, ...]] = [("all", found.uploads, found.labelled, *_rounded(right), "", "", "", "", "")]
    rows += [
        (_slice(one), one.uploads, one.labels, *_rounded(one.difference), _round(one.p, 4), str(one.standing),
         *(f"{x:.1f} / {y:.1f}" for x, y in (one.caught, one.rejected_good)), one.more or "")
        for one in shown
    ]  # fmt: skip
    return Chart(
        "slices",
        "More right per 1,000 uploads, by slice",
        f"{b[:1].upper()}{b[1:]} minus {a}, with 95 % intervals that hold for all {len(found.slices)} slices at once. "
        f"{METHOD}.",
        Table(
            "slices",
            ("Slice", "Uploads", "Labels", f"{b} minus {a}", "From", "To", "p", "Is", f"Caught {a} / {b}",
             f"Good rejected {a} / {b}", "More labels to know"),
            rows,
        ),
        [
            {
                **_DOTS,
                "name": "difference",
                "x": [_finite(one.value) for one in values],
                "y": names,
                "error_x": {
                    "symmetric": False,
                    "array": [_finite(one.high - one.value) for one in values],
                    "arrayminus": [_finite(one.value - one.low) for one in values],
                },
                "marker": {"size": 9},
                "tone": B,
            }
        ],
        {
            "xaxis": {"title": "more right per 1,000 uploads", "zeroline": False},
            "yaxis": {"type": "category", "autorange": "reversed"},
            "marks": [{"x": 0}],
            "tall": len(names) > 8,
        },
    )  # fmt: skip


def roc(found: Comparison) -> Chart:
    return _curve(
        found,
        "roc",
        "ROC: caught against wrongly flagged",
        "The dots are where each of them stands with the thresholds that served. Weighted to all uploads.",
        ("false_positive", "Share of good uploads flagged"),
        ("recall", "Share of finds caught"),
        "auc",
    )


def pr(found: Comparison) -> Chart:
    return _curve(
        found,
        "pr",
        "Precision and recall",
        "The dots are where each of them stands with the thresholds that served. Weighted to all uploads.",
        ("recall", "Share of finds caught (recall)"),
        ("precision", "Share of flags that are right (precision)"),
        "average_precision",
    )


def calibration(found: Comparison) -> Chart:
    a, b = _versions(found)
    both = ((a, found.a_calibration, A), (b, found.b_calibration, B))
    says = ", ".join(f"{name}: {_round(one.error, 4)}" for name, one, _ in both)
    traces: list[dict[str, Any]] = [
        {**_LINE, "name": "as it should be", "x": [0, 1], "y": [0, 1], "tone": "line", "line": {"dash": "dot"}}
    ]
    traces += [
        {
            **_LINES,
            "name": name,
            "x": [part.score for part in one.parts],
            "y": [part.share.value for part in one.parts],
            "error_y": {
                "symmetric": False,
                "array": [part.share.high - part.share.value for part in one.parts],
                "arrayminus": [part.share.value - part.share.low for part in one.parts],
            },
            "tone": tone,
        }
        for name, one, tone in both
        if one.parts
    ]
    return Chart(
        "calibration",
        "Calibration: does a score of 0.7 mean 7 in 10?",
        f"95 % intervals. Mean distance from the line, by uploads: {says}.",
        Table(
            "calibration",
            ("Version", "Scores", "Mean score", "Share of finds", "From", "To", "Labels"),
            [
                (name, f"{part.low:.1f} to {part.high:.1f}", _round(part.score, 3), *_rounded(part.share), part.labels)
                for name, one, _ in both
                for part in one.parts
            ],
        ),
        traces,
        {
            "xaxis": {"title": "mean score", "range": [0, 1]},
            "yaxis": {"title": "share of finds", "range": [0, 1.02]},
            "legend": True,
        },
    )


def shift(found: Comparison) -> Chart:
    """Where the scores of all uploads lie, labelled or not."""
    a, b = _versions(found)
    moved = found.shift
    steps = len(moved.a)
    edges = np.arange(steps) / steps
    middle = [_round(edge + 0.5 / steps, 3) for edge in edges]
    traces = [
        {**_LINE, "name": name, "x": middle, "y": line.tolist(), "tone": tone, "line": {"shape": "hvh"}}
        for name, line, tone in ((a, moved.a, A), (b, moved.b, B))
    ]
    return Chart(
        "shift",
        "How the scores of the two lie",
        f"All uploads, labelled or not. Largest distance of the two (Kolmogorov-Smirnov): {moved.distance:.3f}. "
        "A threshold means something else where scores lie elsewhere.",
        Table(
            "shift",
            ("Scores", f"Share of uploads, {a}", f"Share of uploads, {b}"),
            [
                (f"{edge:.2f} to {edge + 1 / steps:.2f}", _round(x, 5), _round(y, 5))
                for edge, x, y in zip(edges, moved.a, moved.b, strict=True)
            ],
        ),
        traces,
        {
            "xaxis": {"title": "score", "range": [0, 1]},
            "yaxis": {"type": "log", "title": "share of uploads", "tickformat": "~%"},
            "legend": True,
        },
    )


def flagged(found: Comparison) -> Chart:
    """Drift shows here before any label does."""
    a, b = _versions(found)
    moved = found.shift
    days = [str(day) for day in moved.days]
    return Chart(
        "flagged",
        "Share that each of them flags, by day",
        "All uploads that both saw. A line that leaves the other one has changed its mind about what comes in.",
        Table(
            "flagged",
            ("Day", f"{a}, % flagged", f"{b}, % flagged"),
            [(day, _percent(x), _percent(y)) for day, x, y in zip(days, moved.a_hits, moved.b_hits, strict=True)][::-1],
        ),
        [
            {**_LINES, "name": name, "x": days, "y": [_finite(value) for value in line], "tone": tone}
            for name, line, tone in ((a, moved.a_hits, A), (b, moved.b_hits, B))
        ],
        {
            "xaxis": {"type": "date", "tickformat": "%-d %b"},
            "yaxis": {"title": "share flagged", "rangemode": "tozero", "tickformat": ".1~%"},
            "legend": True,
        },
    )


# -- parts -------------------------------------------------------------------------------------------------------
def _curve(
    found: Comparison, key: str, title: str, says: str, across: tuple[str, str], up: tuple[str, str], area: str
) -> Chart:
    a, b = _versions(found)
    both = [(name, one, tone) for name, one, tone in ((a, found.a_curve, A), (b, found.b_curve, B)) if one is not None]
    traces: list[dict[str, Any]] = [
        {
            **_LINE,
            "name": f"{name} ({_round(getattr(one, area), 4)})",
            "x": getattr(one, across[0]).tolist(),
            "y": getattr(one, up[0]).tolist(),
            "tone": tone,
        }
        for name, one, tone in both
    ]
    traces += [
        {
            **_DOTS,
            "name": f"{name} as served",
            "x": [_finite(getattr(one.at, across[0]))],
            "y": [_finite(getattr(one.at, up[0]))],
            "marker": {"size": 11},
            "tone": tone,
        }
        for name, one, tone in both
    ]
    words = "area under the curve" if area == "auc" else "average precision"
    return Chart(
        key,
        title,
        f"{says} In brackets: {words}.",
        Table(
            key,
            ("Version", "Threshold", across[1], up[1]),
            [
                (name, "as served", _round(getattr(one.at, across[0]), 4), _round(getattr(one.at, up[0]), 4))
                for name, one, _ in both
            ]
            + [
                (name, _round(t, 3), _round(x, 5), _round(y, 5))
                for name, one, _ in both
                for t, x, y in zip(one.threshold, getattr(one, across[0]), getattr(one, up[0]), strict=True)
            ],
        ),
        traces,
        {
            "xaxis": {"title": across[1].lower(), "range": [0, 1]},
            "yaxis": {"title": up[1].lower(), "range": [0, 1.02]},
            "legend": True,
        },
    )


def _versions(found: Comparison) -> tuple[str, str]:
    """ "version 7" and "version 8" """
    return found.names


def _largest(found: list[Slice], each: int = 6) -> list[Slice]:
    by: dict[str, list[Slice]] = {}
    for one in sorted(found, key=lambda one: -one.uploads):
        by.setdefault(one.dimension, []).append(one)
    return [one for some in by.values() for one in some[:each]]


def _slice(one: Slice) -> str:
    return f"{one.dimension} {one.name}"


def _log_range(a: Any, b: Any, needed: float) -> list[float]:
    """From a tenth, or what is lower, down to a thousandth: how little evidence there is below that is no news."""
    low = max(-3.0, min(-1.0, float(np.log10(max(min(a.min(), b.min()), 1e-9)))))
    return [low, max(float(np.log10(max(a.max(), b.max(), needed))) + 0.4, 1.7)]


def _odds(value: float) -> float:
    return float(f"{value:.3g}")


def _round(value: float, digits: int) -> float | str:
    return round(float(value), digits) if value == value else ""


def _rounded(one: Estimate) -> tuple[float | str, ...]:
    return tuple(_round(value, 3) for value in one)


def _percent(value: float) -> float | str:
    return _round(100 * value, 3)


def _finite(value: float) -> float | None:
    """JSON has no nan; a chart leaves a gap for null."""
    return float(value) if np.isfinite(value) else None
