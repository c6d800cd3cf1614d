"""What a chart is: a title that says what it shows, what it is measured in, traces, and the same figures as a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Cell = str | int | float


@dataclass(frozen=True)
class Table:
    """`columns` are headings; a cell is a word or a number. `about`: what it is a table of, for its file's name."""

    about: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """Each heading, and whether numbers stand below it."""
        return [
            (name, bool(self.rows) and all(isinstance(row[n], int | float) or row[n] == "" for row in self.rows))
            for n, name in enumerate(self.columns)
        ]

    @property
    def some(self) -> Sequence[Sequence[Cell]]:
        """What a page shows; the whole is in the file."""
        return self.rows[:20]

    @property
    def left(self) -> int:
        return max(0, len(self.rows) - 20)


@dataclass(frozen=True)
class Chart:
    """`traces` and `layout` are Plotly's, without colours: the script takes those from the page's own. A trace's
    `tone` ("accent", "good", "bad", "warn", "quiet", "line") says which."""

    key: str
    title: str
    says: str
    table: Table
    traces: Sequence[dict[str, Any]]
    layout: dict[str, Any] = field(default_factory=dict)

    @property
    def spec_id(self) -> str:
        return f"spec-{self.key}"

    @property
    def spec(self) -> dict[str, Any]:
        return {"traces": list(self.traces), "layout": self.layout, "name": self.title}


def bars(names: Sequence[str], values: Sequence[float], **more: Any) -> dict[str, Any]:
    """Lying bars, the first one on top."""
    return {"type": "bar", "orientation": "h", "y": list(names), "x": list(values), **more}
