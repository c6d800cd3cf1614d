"""Which queue something waits in. No Django here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

GENERAL = ""  # where everything waits that no queue asks for


@dataclass(frozen=True)
class Lane:
    """The conditions of one queue. An empty set asks for nothing; four empty ones take nothing."""

    slug: str
    apps: frozenset[int] = frozenset()
    markets: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()

    def takes(self, app: int, market: str, language: str, reasons: Collection[str]) -> bool:
        asked: list[tuple[frozenset[Any], set[Any]]] = [
            (self.apps, {app}),
            (self.markets, {market.upper()}),
            (self.languages, {primary(language)}),
            (self.reasons, set(reasons)),
        ]
        return any(wanted for wanted, _ in asked) and all(not wanted or wanted & has for wanted, has in asked)


def choose(lanes: Sequence[Lane], app: int, market: str, language: str, reasons: Collection[str]) -> str:
    """The slug of the first lane that takes it; GENERAL when none does."""
    return next((lane.slug for lane in lanes if lane.takes(app, market, language, reasons)), GENERAL)


def primary(language: str) -> str:
    """The primary subtag: "pt" of "pt-BR"."""
    return language.split("-")[0].lower()


def risk(told: Sequence[tuple[str, str, float]], severities: dict[str, int]) -> int:
    """How bad it may be, 0 to 100: the worst of (verdict, reason, score), by the reason's severity; sure counts whole,
    a doubt by its score. What failed may be anything: a middling risk."""
    worst = 0.0
    for verdict, reason, score in told:
        severity = min(100, severities.get(reason, 40))
        if verdict == "reject":
            worst = max(worst, severity)
        elif verdict == "flag":
            worst = max(worst, severity * min(1.0, max(0.0, score)))
        elif verdict == "error":
            worst = max(worst, 30)
    return round(worst)
