"""What every benchmark shares: rows of ours against a peer, a table of them, and one JSON file for each benchmark."""

import argparse
import json
import math
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


@dataclass(frozen=True)
class Row:
    """One case, both sides measured in the same run. `peer` is None where there is nothing to compare with."""

    case: str
    ours: float
    peer: float | None = None
    peer_name: str | None = None
    unit: str = "ms"

    @property
    def ratio(self) -> float | None:
        """ours / peer: for a time, below 1 is faster."""
        return self.ours / self.peer if self.peer else None


def parser(description: str | None) -> argparse.ArgumentParser:
    """With the one option that all have: --quick."""
    made = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    made.add_argument("--quick", action="store_true", help="fewer rounds: done within three minutes")
    return made


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of `values` that `percent` (0..100) of them do not exceed. Raises ValueError when there are none."""
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, math.ceil(percent / 100 * len(values)) - 1)]


def say(text: str) -> None:
    """Progress, on stderr: a benchmark is never silent for long."""
    print(text, file=sys.stderr, flush=True)


def report(name: str, rows: Sequence[Row]) -> Path:
    """Print the table, write var/bench/NAME.json, return its path."""
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.json"
    result = {
        "name": name,
        "command": " ".join([os.path.relpath(sys.argv[0], ROOT), *sys.argv[1:]]),
        "rows": [asdict(row) | {"ratio": row.ratio} for row in rows],
    }
    file.write_text(json.dumps(result, indent=2, allow_nan=False) + "\n")
    print(table(rows))
    return file


def table(rows: Sequence[Row]) -> str:
    """Figures to the right, words to the left."""
    lines = [("case", "ours", "peer", "ratio", "unit", "peer is")]
    for row in rows:
        lines.append((row.case, *map(_figure, (row.ours, row.peer, row.ratio)), row.unit, row.peer_name or ""))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if 1 <= place <= 3 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.3g}"
