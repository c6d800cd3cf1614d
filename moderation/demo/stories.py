"""What children write about their builds: stories.csv, written for the demo the way six to eleven year olds write."""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Story(NamedTuple):
    theme: str
    language: str
    market: str
    title: str
    text: str
    hashtags: tuple[str, ...] = ()


@cache
def stories() -> tuple[Story, ...]:
    with (Path(__file__).parent / "stories.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Story(r["theme"], r["language"], r["market"], r["title"], r["text"], tuple(r["hashtags"].split()))
            for r in csv.DictReader(file)
        )
