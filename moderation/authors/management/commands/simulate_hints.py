"""How often two different authors look like one, and how often one that comes back is noticed. On simulated authors."""

import json
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from featurestore.overview.intervals import share
from moderation.authors.likeness import compare
from moderation.authors.simulated import author, habits


class Command(BaseCommand):
    help = "Measures the suggestions of re-registration on simulated authors."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--authors", type=int, default=2000, help="New authors who never were here before.")
        parser.add_argument("--banned", type=int, default=10, help="Banned authors that each is compared with.")
        parser.add_argument("--seed", type=int, default=2)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        found = measure(options["authors"], options["banned"], options["seed"])
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        for name, row in found.items():
            self.stdout.write(
                f"{name}: {row['hits']} of {row['of']}, {100 * row['share']:.2f} % "
                f"(95 % interval {100 * row['low']:.2f} to {100 * row['high']:.2f} %)"
            )


def measure(authors: int, banned: int, seed: int) -> dict[str, dict[str, float]]:
    """`false alarms`: new authors for whom any of the `banned` is suggested. The others: authors who came back."""
    rng = Random(seed)  # noqa: S311  (a simulation)
    old = [(who, author(rng, who, 15)) for who in (habits(rng) for _ in range(max(banned, 1)))]
    strangers = [author(rng, habits(rng), 8) for _ in range(authors)]
    alarms = sum(any(compare(traces, new).suggests for _, traces in old) for new in strangers)
    found = {"false alarms": _row(alarms, authors)}
    for name, same in (("came back, same style", 0.0), ("came back, and one picture in five again", 0.2)):
        hits = 0
        tries = max(authors // 5, 1)
        for n in range(tries):
            who, traces = old[n % len(old)]
            hits += compare(traces, author(rng, who, 8, same, traces)).suggests
        found[name] = _row(hits, tries)
    return found


def _row(hits: int, of: int) -> dict[str, float]:
    interval = share(hits, of)
    return {"hits": hits, "of": of, "share": hits / of, "low": interval.low, "high": interval.high}
