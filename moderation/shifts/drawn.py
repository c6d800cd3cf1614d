"""The charts of the page: each with its figures as a table."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from featurestore.compare.cost import Costs
from featurestore.overview.charts import Cell, Chart, Table, bars
from featurestore.overview.intervals import share
from moderation.shifts.asked import Asked
from moderation.shifts.durations import quantile
from moderation.shifts.planning import Plan
from moderation.shifts.reading import Detector, Sums
from moderation.shifts.staffing import BUSY, IN_TIME
from moderation.shifts.worth import Checked, worth

NO_DETECTOR = "no detector"
_PERIODS = {"hour": "Hour", "shift": "Shift", "day": "Day"}
_DATES = {"type": "date"}


def by_period(
    asked: Asked, hours: Mapping[datetime, Sums], times: Mapping[datetime, dict[int, int]]
) -> dict[str, Sums]:
    """Hours summed to what is asked for, the oldest first."""
    found: dict[str, Sums] = {}
    for at in sorted(hours):
        if at >= asked.first:
            sums = found.setdefault(asked.period(at), Sums())
            sums.add(hours[at])
            for bin, n in times.get(at, {}).items():
                sums.times[bin] += n
    return found


def flow(asked: Asked, periods: Mapping[str, Sums]) -> Chart:
    names = [_begins(name) for name in periods]
    rows = [(name, p.arrivals, p.rejected, p.for_people, p.decided, p.late) for name, p in periods.items()]
    return Chart(
        "flow",
        f"Arrivals against decisions, by {asked.by}",
        f"What arrived for people, and what they decided. The last {asked.by} is not over. Clock: {asked.zone_name}.",
        Table(
            "flow",
            (_PERIODS[asked.by], "Arrived", "Rejected by detectors", "For people", "Decided by people", "Decided late"),
            rows[::-1],
        ),
        [
            {"type": "bar", "name": "for people", "x": names, "y": [row[3] for row in rows], "tone": "line"},
            _line("decided by people", names, [row[4] for row in rows], "accent"),
            _line("decided late", names, [row[5] for row in rows], "bad"),
        ],
        {"xaxis": _DATES, "yaxis": {"title": f"submissions a {asked.by}", "rangemode": "tozero"}, "legend": True},
    )


def coming(asked: Asked, plan: Plan) -> Chart:
    rows: list[tuple[Cell, ...]] = [
        (
            f"{hour.at.astimezone(asked.zone):%a %H:00}",
            round(hour.mean, 1),
            int(hour.low),
            int(hour.high),
            hour.people.people,
            hour.most.people,
            round(100 * hour.people.in_time, 1),
            round(100 * hour.people.busy),
        )
        for hour in plan.coming
    ]
    x = [str(row[0]) for row in rows]
    band = [row[3] for row in rows] + [row[2] for row in rows][::-1]
    top = 4 * (1 + max((hour.people.people for hour in plan.coming), default=0) // 4)  # a scale of whole people
    took = (
        f"{plan.seconds:.0f} s a decision, measured on {plan.measured:,}"
        if plan.measured
        else f"{plan.seconds:.0f} s a decision, assumed until 30 are measured"
    )
    return Chart(
        "coming",
        "The next hours, and the people whom they need",
        f"Each hour of the week as in past weeks, at the level of the last day; the band is a 95 % interval. People "
        f"by Erlang C: {took}; {IN_TIME:.0%} begun within {plan.target / 60:.0f} min, nobody busy above {BUSY:.0%} "
        "of the time. The first hour has what waits now on top.",
        Table(
            "coming",
            ("Hour", "Expected", "From", "To", "People", "People at the upper end", "% in time", "% busy"),
            rows,
        ),
        [
            {"type": "scatter", "mode": "lines", "x": x + x[::-1], "y": band, "fill": "toself", "line": {"width": 0},
             "opacity": 0.25, "hoverinfo": "skip", "showlegend": False, "tone": "accent"},
            _line("expected for people", x, [row[1] for row in rows], "accent"),
            {**_line("people needed", x, [row[4] for row in rows], "warn"), "yaxis": "y2", "line": {"shape": "hvh"}},
        ],
        {
            "xaxis": {"type": "category", "tickangle": 0},
            "yaxis": {"title": "submissions an hour", "rangemode": "tozero"},
            "yaxis2": {"title": "people", "overlaying": "y", "side": "right", "range": [0, top]},
            "legend": True,
        },
    )  # fmt: skip


def how_long(asked: Asked, periods: Mapping[str, Sums]) -> Chart:
    rows: list[tuple[Any, ...]] = [
        (name, sum(p.times.values()), *(round(quantile(p.times, q) or 0, 1) for q in (0.5, 0.9)))
        for name, p in periods.items()
        if p.times
    ]
    names = [_begins(str(row[0])) for row in rows]
    return Chart(
        "times",
        "Time per decision",
        "From shown to decided, of all people together: it is for planning, and says nothing of anybody.",
        Table("times", (_PERIODS[asked.by], "Decisions", "Median s", "90 % within s"), rows[::-1]),
        [
            _line("median", names, [row[2] for row in rows], "accent"),
            _line("90 % within", names, [row[3] for row in rows], "quiet"),
        ],
        {"xaxis": _DATES, "yaxis": {"title": "seconds", "rangemode": "tozero"}, "legend": True},
    )


def overturns(asked: Asked, periods: Mapping[str, Sums]) -> Chart:
    rows: list[tuple[Any, ...]] = []
    for name, p in periods.items():
        if p.decided + p.undone:
            wrong = share(p.reversed + p.overturned, p.decided)
            figures = [round(100 * figure, 1) for figure in wrong] if p.decided else ["", "", ""]
            rows.append((name, p.decided, p.undone, p.reversed, p.overturned, *figures))
    drawn = [row for row in rows if row[1]]
    return Chart(
        "overturns",
        "Decisions that did not stand",
        "Share of people's decisions that were reversed later or overturned on appeal, with 95 % intervals, by when "
        "they were made; what is young may still be appealed. What was undone within seconds is no mistake: it is "
        "counted apart.",
        Table(
            "overturns",
            (_PERIODS[asked.by], "Decided", "Undone", "Reversed", "On appeal", "% did not stand", "From", "To"),
            rows[::-1],
        ),
        [_with_error([_begins(row[0]) for row in drawn], [row[5:] for row in drawn])],
        {"xaxis": _DATES, "yaxis": {"title": "% of decisions", "rangemode": "tozero"}},
    )


def by_detectors(asked: Asked, periods: Mapping[str, Sums]) -> Chart:
    rows: list[tuple[Cell, ...]] = [
        (name, p.arrivals, p.by_detectors, *(round(100 * f, 1) for f in share(p.by_detectors, p.arrivals)))
        for name, p in periods.items()
        if p.arrivals
    ]
    return Chart(
        "detectors",
        "Decided by detectors",
        "Share of all arrivals that detectors rejected, and nobody brought back; 95 % intervals. They approve nothing.",
        Table("detectors", (_PERIODS[asked.by], "Arrived", "By detectors", "%", "From", "To"), rows[::-1]),
        [_with_error([_begins(str(row[0])) for row in rows], [row[3:] for row in rows])],
        {"xaxis": _DATES, "yaxis": {"title": "% of arrivals", "rangemode": "tozero"}},
    )


def saved(found: Sequence[Detector], costs: Mapping[str, Costs], seconds: float) -> Chart:
    rows: list[tuple[Cell, ...]] = []
    for one in found:
        unit = costs.get(one.name, Costs())
        checked = Checked(one.weight, one.square, one.back_weight)
        wrong = checked.wrong()
        it = worth(one.rejected, one.restored, checked, seconds, unit.reviewer_minute, unit.rejected_good)
        shares: tuple[Cell, ...] = tuple(round(100 * figure, 1) for figure in wrong) if wrong else ("", "", "")
        euros = (round(figure, 2) for figure in (it.time, it.mistakes, it.net, it.low, it.high))
        rows.append(
            (one.name or NO_DETECTOR, one.rejected, one.restored, one.checked, *shares, round(it.minutes, 1), *euros)
        )
    return Chart(
        "worth",
        "What detectors save, with their mistakes counted against it",
        f"For pieces that no person saw: {seconds:.0f} s of a person each, at the unit costs of the models' pages, "
        "less what wrong rejections cost. Those are known by rechecks and appeals; where rechecks were drawn, "
        "as many as they let expect of all, with a 95 % interval. Without them only what is known counts: too little.",
        Table(
            "worth",
            ("Detector", "Rejected", "Brought back", "Rechecked", "% wrong", "From", "To", "Minutes saved",
             "Time in €", "Mistakes in €", "Net €", "Net from", "Net to"),
            rows,
        ),
        [
            {
                **bars([str(row[0]) for row in rows], [float(row[10]) for row in rows]),
                "error_x": {
                    "symmetric": False,
                    "array": [float(row[12]) - float(row[10]) for row in rows],
                    "arrayminus": [float(row[10]) - float(row[11]) for row in rows],
                },
            }
        ],
        {"xaxis": {"title": "€ in this time, net"}},
    )  # fmt: skip


def groups(what: str, sums: Mapping[str, Sums], names: Mapping[str, str]) -> Chart:
    """A table by market or language, largest first."""
    rows = [
        (
            names[key],
            p.arrivals,
            p.by_detectors,
            p.for_people,
            p.decided,
            p.late,
            round(100 * p.late / p.decided, 1) if p.decided else "",
            round(p.seconds / p.timed, 1) if p.timed else "",
        )
        for key, p in sorted(sums.items(), key=lambda row: (-row[1].arrivals, row[0]))
    ]
    return Chart(
        f"{what}s",
        f"By {what}",
        f"Every {what}, in the same time, whatever market and language are chosen above.",
        Table(
            f"{what}s",
            (what.title(), "Arrived", "By detectors", "For people", "Decided", "Late", "% late", "Mean s"),
            rows,
        ),
        [],
    )


def _begins(period: str) -> str:
    """When a period begins, as Plotly reads it: a shift's "2026-06-30 3: 22–06" is "2026-06-30 22:00"."""
    return f"{period[:10]} {period[14:16]}:00" if period[12:13] == ":" else period


def _line(name: str, x: Sequence[Cell], y: Sequence[Any], tone: str) -> dict[str, Any]:
    return {"type": "scatter", "mode": "lines+markers", "name": name, "x": list(x), "y": list(y), "tone": tone,
            "marker": {"size": 5}}  # fmt: skip


def _with_error(x: Sequence[Any], figures: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Dots with what is to either side of them: `figures` are (figure, low, high)."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(x),
        "y": [figure for figure, _, _ in figures],
        "error_y": {
            "symmetric": False,
            "array": [high - figure for figure, _, high in figures],
            "arrayminus": [figure - low for figure, low, _ in figures],
        },
        "marker": {"size": 6},
    }
