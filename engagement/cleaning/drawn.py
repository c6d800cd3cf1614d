"""What the pages show: gain by round, and what functions would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engagement.cleaning.functions import checksum, examples
from engagement.cleaning.models import CleaningRound, ThemeAnswer
from engagement.creations.models import Creation
from engagement.themes.functions import functions
from engagement.themes.voting import votes
from engagement.themes.weak import combined, preview
from featurestore.overview.charts import Chart, Table


@dataclass(frozen=True)
class Previewed:
    """`rows`: as of weak.preview, with theme, kind and trust; the widest first. `covered`: by any function."""

    rows: list[dict[str, Any]]
    texts: int
    covered: float
    checked: int
    right: float | None
    version: str


def previewed(most: int) -> Previewed | None:
    """None: there is nothing to look at."""
    rows = list(Creation.objects.exclude(title="", text="")[:most])
    if not rows:
        return None
    slugs, rules = functions()
    said = votes(rules, examples(rows))
    answers = dict(ThemeAnswer.objects.filter(slug__in=slugs).values_list("creation", "slug"))
    truth = np.array([slugs.index(answers[one.id]) if one.id in answers else -1 for one in rows], np.intp)
    found = preview(rules, said, truth)
    for row, rule in zip(found, rules, strict=True):
        row |= {"theme": slugs[rule.theme], "kind": rule.kind, "patterns": len(rule.patterns), "trust": rule.trust}
    chance = combined(said, len(slugs))
    spoke, known = chance.sum(1) > 0, truth >= 0
    both = spoke & known
    right = float((chance.argmax(1) == truth)[both].mean()) if both.any() else None
    found.sort(key=lambda row: -row["coverage"])
    return Previewed(found, len(rows), float(spoke.mean()), int(known.sum()), right, checksum(rules))


def gains(rows: Sequence[CleaningRound]) -> Chart:
    """Macro-F1 of each round's head on the exam that people labelled, the oldest first."""
    shown = [row for row in reversed(rows) if row.macro_f1]
    x = [f"round {row.pk}" for row in shown]
    y = [row.macro_f1[0] for row in shown]
    bars = {
        "type": "data",
        "symmetric": False,
        "array": [row.macro_f1[2] - row.macro_f1[0] for row in shown],
        "arrayminus": [row.macro_f1[0] - row.macro_f1[1] for row in shown],
    }
    trace = {"type": "scatter", "mode": "lines+markers", "x": x, "y": y, "error_y": bars, "tone": "accent"}
    table = Table(
        "rounds",
        ("Round", "Macro-F1", "low", "high", "Over the champion", "low", "high", "Exam"),
        [(f"{row.pk}", *row.macro_f1, *(row.gain or ("", "", "")), row.exam) for row in shown],
    )
    says = "Heads on creations that people labelled and no head learned from; 95 % intervals (bootstrap)."
    return Chart("rounds", "What each round was worth", says, table, [trace], {"yaxis": {"title": "macro-F1"}})
