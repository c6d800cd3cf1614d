"""The agreement page's charts, each with its figures as a table."""

from collections.abc import Sequence
from typing import Any

from featurestore.overview.charts import Cell, Chart, Table
from moderation.agreement.figures import LEAST, Figure
from moderation.agreement.models import Where
from moderation.agreement.reading import Hits, Person

SAYS = "1: always alike; 0: as often as by chance; bars are 95 % intervals."
FEW = f"Figures come with {LEAST} that two people decided on."
AXIS = {"xaxis": {"title": "agreement", "range": [-0.25, 1.05]}, "yaxis": {"autorange": "reversed"}}


def by_person(rows: Sequence[Person]) -> Chart:
    cells = [(one.name, one.compared, *_three(one.with_others), *_three(one.outcomes)) for one in rows]
    return Chart(
        "people",
        "Each person beside the others",
        f"Cohen's kappa between a person and what the others said of the same, reasons counted. {SAYS} In the order of "
        "names: it shows with whom to talk, and is no ranking.",
        Table(
            "people",
            ("Person", "Compared", "Kappa", "From", "To", "Kappa of the outcome", "Outcome from", "Outcome to"),
            cells,
        ),
        [_dots([(one.name, one.with_others) for one in rows])] if any(one.with_others for one in rows) else [],
        AXIS,
    )


def by_reason(rows: Sequence[tuple[Any, int, Figure | None]]) -> Chart:
    cells = [(reason.title, named, *_three(figure)) for reason, named, figure in rows]
    return Chart(
        "reasons",
        "Each reason",
        f"Krippendorff's alpha: does it hold, or not? {SAYS} A low figure says that the policy is read in two ways, or "
        "that the reason is rare.",
        Table("reasons", ("Reason", "Named by anybody", "Alpha", "From", "To"), cells),
        [_dots([(reason.title, figure) for reason, _, figure in rows])] if any(row[2] for row in rows) else [],
        AXIS,
    )


def by_month(rows: Sequence[tuple[str, int, int, Figure | None]]) -> Chart:
    cells = [(month, people, n, *_three(figure)) for month, people, n, figure in rows]
    drawn = [(month, figure) for month, _, _, figure in rows if figure]
    return Chart(
        "months",
        "The monthly sets",
        f"Krippendorff's alpha of all who decided on a month's set, reasons counted. {SAYS}",
        Table("months", ("Month", "People", "By two or more", "Alpha", "From", "To"), cells),
        [
            {
                "type": "scatter",
                "mode": "markers",
                "x": [month for month, _ in drawn],
                "y": [figure.figure for _, figure in drawn],
                "error_y": {
                    "symmetric": False,
                    "array": [f.high - f.figure for _, f in drawn],
                    "arrayminus": [f.figure - f.low for _, f in drawn],
                },
                "marker": {"size": 8},
            }
        ]
        if drawn
        else [],
        {"xaxis": {"type": "category"}, "yaxis": {"title": "agreement", "range": [-0.25, 1.05]}},
    )


def known(rows: Sequence[Person]) -> Chart:
    met = [(one, where, hits) for one in rows for where, hits in sorted(one.known.items())]
    return Chart(
        "known",
        "Known cases",
        "How many were answered as known, with 95 % intervals (Wilson). Few were met by anybody: look at the interval.",
        Table(
            "known",
            ("Person", "Where", "Met", "As known", "%", "From", "To"),
            [(one.name, Where(where).label, hits.n, hits.right, *_percent(hits)) for one, where, hits in met],
        ),
        [],
    )


def _three(figure: Figure | None) -> tuple[Cell, Cell, Cell]:
    return (round(figure.figure, 2), round(figure.low, 2), round(figure.high, 2)) if figure else ("", "", "")


def _percent(hits: Hits) -> tuple[Cell, ...]:
    return tuple(round(100 * figure, 1) for figure in hits.share)


def _dots(rows: Sequence[tuple[str, Figure | None]]) -> dict[str, Any]:
    there = [(name, figure) for name, figure in rows if figure]
    return {
        "type": "scatter",
        "mode": "markers",
        "y": [name for name, _ in there],
        "x": [figure.figure for _, figure in there],
        "error_x": {
            "symmetric": False,
            "array": [figure.high - figure.figure for _, figure in there],
            "arrayminus": [figure.figure - figure.low for _, figure in there],
        },
        "marker": {"size": 8},
    }
