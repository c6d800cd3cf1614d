"""From a comparison to what its page shows. Everything is computed before a template begins.

`page_data(task, challenger, costs)` is the whole of the server's work on the page but the template.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from featurestore.compare import drawn, unit_costs
from featurestore.compare.comparing import Latency, compared
from featurestore.compare.comparison import Comparison
from featurestore.compare.cost import Costs
from featurestore.compare.estimate import Estimate
from featurestore.compare.measures import Measured
from featurestore.heads.models import Alias, HeadVersion
from featurestore.overview.charts import Chart, Table

MEANS = ("found", "missed", "rejected_good", "minutes", "euros")  # what it means, for each 1,000 uploads
RATES = ("right", "precision", "recall", "f1", "false_reject")


@dataclass(frozen=True)
class Figure:
    """A number as the page says it, with its interval, and whether it is good news ("good", "bad" or "")."""

    value: str
    interval: str
    tone: str = ""


@dataclass(frozen=True)
class MeasureRow:
    words: str
    a: Figure
    b: Figure
    difference: Figure


@dataclass(frozen=True)
class Box:
    labels: int
    words: str
    figure: Figure
    tone: str


@dataclass(frozen=True)
class ComparePage:
    """`charts` and `curves` are drawn; `tables` has every table by the name of its file, those of charts too."""

    comparison: Comparison
    latency: tuple[Latency, Latency]
    boxes: list[Box]
    means: list[MeasureRow]
    rates: list[MeasureRow]
    evidence: Chart
    slices: Chart
    curves: list[Chart]
    tables: dict[str, Table]

    @property
    def audited(self) -> int:
        return sum(one.labels for one in self.comparison.strata if one.name == "audit")

    @property
    def odds(self) -> float:
        """For the challenger, now."""
        return min(1e12, float(f"{10 ** float(self.comparison.evidence.for_b[-1]):.3g}"))

    @property
    def blind(self) -> int:
        return int(self.comparison.blind.sum())


def page_data(
    task: str, challenger: str | HeadVersion, costs: Costs | None = None, champion: HeadVersion | None = None
) -> ComparePage:
    """What the compare page of `task` shows about its champion and `challenger` (a version).

    `costs` None: those kept for the task. `champion` None: who serves now. Raises HeadVersion.DoesNotExist, ValueError
    when the two have not looked at anything together, reading.BrokenBlock.
    """
    heads = HeadVersion.objects.defer("onnx", "card")
    b = heads.get(task=task, version=challenger) if isinstance(challenger, str) else challenger
    a = champion or heads.get(serving__task=task, serving__alias=Alias.CHAMPION)
    found, latency = compared(a, b, costs or unit_costs.kept(task))
    evidence, slices = drawn.evidence(found), drawn.slices(found)
    curves = [draw(found) for draw in (drawn.roc, drawn.pr, drawn.calibration, drawn.shift, drawn.flagged)]
    means, rates = ([_row(found.estimates[name]) for name in names] for names in (MEANS, RATES))
    tables = {chart.key: chart.table for chart in (evidence, slices, *curves)}
    tables |= {table.about: table for table in (_paired(found), _measures(found), _confusion(found), _strata(found))}
    return ComparePage(found, latency, _boxes(found), means, rates, evidence, slices, curves, tables)


def kept_as_evidence(page: ComparePage) -> dict[str, Any]:
    """What the page said, to be kept with a decision."""
    found = page.comparison
    return {
        "sentence": found.verdict.text,
        "verdict": str(found.verdict.word),
        "uploads": found.uploads,
        "labels": found.labelled,
        "days": found.days,
        "odds": page.odds,
        "worse_for": found.verdict.slices_worse,
        "per_1000_uploads": {
            name: [_kept(end) for end in found.estimates[name].difference] for name in (*MEANS, "right")
        },
        "costs": vars(found.costs),
    }


# -- figures -----------------------------------------------------------------------------------------------------
def figure(one: Estimate, unit: str = "", signed: bool = False, tone: str = "") -> Figure:
    """`unit` "share": in per cent; "euros …": with cents; else with two or three digits that mean something."""
    if not one.known:
        return Figure("not known", "", "")
    mark = " %" if unit == "share" else " €" if unit.startswith("euros") else ""
    return Figure(
        _said(one.value, unit, signed) + mark,
        f"{_said(one.low, unit, signed)} to {_said(one.high, unit, signed)}",
        tone,
    )


def _said(value: float, unit: str, signed: bool) -> str:
    if unit == "share":
        text = f"{100 * abs(value):.2f}"
    elif unit.startswith("euros"):
        text = f"{abs(value):,.2f}"
    else:
        size = abs(value)
        text = f"{size:,.0f}" if size >= 100 else f"{size:.1f}" if size >= 9.95 else f"{size:.2f}"
    zero = not any(digit in "123456789" for digit in text)
    sign = "−" if value < 0 and not zero else "+" if signed and not zero else ""
    return sign + text


def _row(one: Measured) -> MeasureRow:
    unit = one.measure.unit
    tone = {1: "good", -1: "bad", 0: ""}[one.better]
    return MeasureRow(
        one.measure.words, figure(one.a, unit), figure(one.b, unit), figure(one.difference, unit, True, tone)
    )


def _boxes(found: Comparison) -> list[Box]:
    table = found.table
    a, b = found.names
    return [
        Box(cell.labels, words, figure(cell.per_thousand), tone)
        for cell, words, tone in (
            (table.both_right, "both right", ""),
            (table.only_b, f"only {b} right", "good"),
            (table.only_a, f"only {a} right", "bad"),
            (table.both_wrong, "both wrong", ""),
        )
    ]


def confusions(found: Comparison) -> list[tuple[str, list[tuple[str, Figure, str]]]]:
    """version -> its four cells for each 1,000 uploads: words, figure, tone."""
    return [
        (
            name,
            [
                ("caught", figure(one.tp), "good"),
                ("good, and flagged", figure(one.fp), "bad"),
                ("missed", figure(one.fn), "bad"),
                ("good, and left alone", figure(one.tn), ""),
            ],
        )
        for name, one in zip(found.names, (found.a_confusion, found.b_confusion), strict=True)
    ]


# -- tables that have no drawing ---------------------------------------------------------------------------------
def _paired(found: Comparison) -> Table:
    rows = [
        (box.words, box.labels, *_ends(cell.per_thousand))
        for box, cell in zip(
            _boxes(found),
            (found.table.both_right, found.table.only_b, found.table.only_a, found.table.both_wrong),
            strict=True,
        )
    ]
    return Table("paired", ("Uploads that", "Labels", "Per 1,000 uploads", "From", "To"), rows)


def _measures(found: Comparison) -> Table:
    a, b = found.names
    ends = ("", "from", "to")
    columns = tuple(f"{name} {end}".strip() for name in (a, b, f"{b} minus {a}") for end in ends)
    rows = [
        (one.measure.words, one.measure.unit, *_ends(one.a), *_ends(one.b), *_ends(one.difference), one.method)
        for one in found.estimates.values()
    ]
    return Table("measures", ("Measure", "Unit", *columns, "Method"), rows)


def _confusion(found: Comparison) -> Table:
    rows = [
        (name, *(_kept(getattr(one, cell).value) for cell in ("tp", "fp", "fn", "tn")))
        for name, one in zip(found.names, (found.a_confusion, found.b_confusion), strict=True)
    ]
    return Table(
        "confusion",
        ("Per 1,000 uploads", "Caught", "Good and flagged", "Missed", "Good and left alone"),
        rows,
    )


def _strata(found: Comparison) -> Table:
    rows = [(one.name, one.rows, one.labels, one.finds) for one in found.strata]
    return Table("strata", ("Stratum", "Uploads", "Labels", "Finds"), rows)


def _ends(one: Estimate) -> Sequence[float | str]:
    return [_kept(end) if one.known else "" for end in one]


def _kept(value: float) -> float | str:
    return float(f"{value:.6g}") if value == value else ""
