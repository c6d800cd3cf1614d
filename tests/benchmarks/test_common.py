"""The table and the JSON that every benchmark ends with."""

import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import _common
from benchmarks._common import Row, percentile, report, table


def test_percentile_by_hand():
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert [percentile(values, percent) for percent in (0, 20, 21, 50, 95, 100)] == [1, 1, 2, 3, 5, 5]
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.floats(0, 100))
def test_percentile_is_one_of_the_values_and_enough_are_not_above_it(values, percent):
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) >= percent / 100 * len(values) - 1e-9


def test_report_writes_what_scripts_read(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(_common, "ROOT", tmp_path)
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "benchmarks" / "latency.py"), "--quick"])
    file = report("latency", [Row("photo", 30.0, 20.0, "bare models"), Row("lost", 0, unit="count")])
    assert file == tmp_path / "var" / "bench" / "latency.json"
    assert json.loads(file.read_text()) == {
        "name": "latency",
        "command": "benchmarks/latency.py --quick",
        "rows": [
            {"case": "photo", "ours": 30.0, "peer": 20.0, "peer_name": "bare models", "unit": "ms", "ratio": 1.5},
            {"case": "lost", "ours": 0, "peer": None, "peer_name": None, "unit": "count", "ratio": None},
        ],
    }
    assert capsys.readouterr().out.splitlines() == [
        "case   ours  peer  ratio  unit   peer is",
        "photo    30    20    1.5  ms     bare models",
        "lost      0     –      –  count",
    ]


def test_large_and_small_figures_are_readable():
    assert "1,234,568" in table([Row("million", 1_234_567.8)])
    assert "0.0123" in table([Row("one", 0.012345)])
