"""A table that somebody opens in a spreadsheet runs nothing."""

import csv
import io

import pytest

from brickmod.web.spreadsheet import as_csv


def test_a_table_comes_back_as_it_was():
    answer = as_csv("days", ["day", "count"], [["2026-03-14", 3], ['a, "b"', -0.5]])
    assert answer["Content-Disposition"] == 'attachment; filename="days.csv"'
    found = list(csv.reader(io.StringIO(answer.content.decode(), newline="")))
    assert found == [["day", "count"], ["2026-03-14", "3"], ['a, "b"', "-0.5"]]


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_is_only_text(text):
    rows = list(csv.reader(io.StringIO(as_csv("x", [text], [[text]]).content.decode(), newline="")))
    assert rows == [[f"'{text}"], [f"'{text}"]]
