"""What people said of the same, as units of answers; and what comes of it for a page. No page shows how quick
anybody is, and tables stand in the order of names: this is to talk about, not to rank by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from brickmod.access.models import User
from featurestore.overview.intervals import Interval, share
from moderation.agreement.figures import Figure, alpha_of, kappa_of, majority
from moderation.agreement.models import CalibrationAnswer, KnownAnswer, SecondLook, Where
from moderation.desk.models import Outcome
from moderation.feedback.models import Reason


@dataclass(frozen=True)
class Said:
    """What one person said: the outcome, and for a rejection its reasons."""

    outcome: str
    reasons: frozenset[str]


Unit = Mapping[int, Said]  # person -> what they said of this one


@dataclass(frozen=True)
class Hits:
    """Known cases: `right` of `n`."""

    right: int
    n: int

    @property
    def share(self) -> Interval:
        return share(self.right, self.n)


@dataclass(frozen=True)
class Person:
    """`with_others`: by reason, beside what the others said; `outcomes`: approved or rejected alone."""

    id: int
    name: str
    with_others: Figure | None
    outcomes: Figure | None
    compared: int
    known: Mapping[str, Hits]


def units(since: datetime) -> list[Unit]:
    """Second looks and calibration sets alike: what two or more people said of the same, blind but for the first of
    two. Two queries."""
    found: list[Unit] = [
        {first_by: Said(first, frozenset(first_reasons)), second_by: Said(second, frozenset(reasons))}
        for first_by, first, first_reasons, second_by, second, reasons in SecondLook.objects.answered()
        .filter(answered_at__gte=since)
        .order_by("answered_at")
        .values_list("first_by", "first_outcome", "first_reasons", "answered_by", "outcome", "reasons")
    ]
    return [*found, *calibrated(CalibrationAnswer.objects.there().filter(at__gte=since))]


def calibrated(answers: Any) -> list[Unit]:
    by_item: dict[Any, dict[int, Said]] = {}
    rows = answers.order_by("item__set", "item__position").values_list("item", "person", "outcome", "reasons")
    for item, person, outcome, reasons in rows:
        by_item.setdefault(item, {})[person] = Said(outcome, frozenset(reasons))
    return [unit for unit in by_item.values() if len(unit) > 1]


def value_of(said: Said, order: Mapping[str, int]) -> str:
    """One word for it: "approve", or the weightiest of the reasons."""
    if said.outcome == Outcome.APPROVE:
        return str(said.outcome)
    return min(said.reasons, key=lambda code: (order.get(code, 0), code), default=str(said.outcome))


def weights() -> dict[str, int]:
    """reason -> its place among the severities, the severest first."""
    return {code: -severity for code, severity in Reason.objects.values_list("code", "severity")}


def overall(found: Iterable[Unit], order: Mapping[str, int]) -> tuple[Figure | None, Figure | None]:
    """Krippendorff's alpha of (what for, approved or rejected)."""
    found = list(found)
    by_reason = alpha_of([value_of(said, order) for said in unit.values()] for unit in found)
    return by_reason, alpha_of([said.outcome for said in unit.values()] for unit in found)


def by_reason(found: Sequence[Unit]) -> list[tuple[Reason, int, Figure | None]]:
    """(reason, how many units in which anybody named it, alpha of "named" against "not"), in the reasons' order."""
    rows = []
    for reason in Reason.objects.all():
        said = [["yes" if reason.code in one.reasons else "no" for one in unit.values()] for unit in found]
        named = sum("yes" in unit for unit in said)
        if named:
            rows.append((reason, named, alpha_of(said)))
    return rows


def beside_others(found: Iterable[Unit], person: int, word: Any) -> list[tuple[str, str]]:
    """(what this person said, what most of the others did) of each unit in which both is known."""
    pairs = []
    for unit in found:
        if person in unit and (most := majority(word(said) for one, said in unit.items() if one != person)) is not None:
            pairs.append((word(unit[person]), most))
    return pairs


def people(found: Sequence[Unit], since: datetime, order: Mapping[str, int]) -> list[Person]:
    """Everybody who was compared or met a known case, by name."""
    known = known_by_person(since)
    ids = {id for unit in found for id in unit} | set(known)
    rows = User.objects.filter(id__in=ids)
    return sorted(
        (person(found, one.pk, _name(one), known.get(one.pk, {}), order) for one in rows),
        key=lambda row: row.name.casefold(),
    )


def person(found: Sequence[Unit], id: int, name: str, known: Mapping[str, Hits], order: Mapping[str, int]) -> Person:
    pairs = beside_others(found, id, lambda said: value_of(said, order))
    outcomes = beside_others(found, id, lambda said: str(said.outcome))
    return Person(id, name, kappa_of(pairs), kappa_of(outcomes), len(pairs), known)


def known_by_person(since: datetime) -> dict[int, dict[str, Hits]]:
    """person -> where -> hits. One query."""
    rows = (
        KnownAnswer.objects.there()
        .exclude(outcome="")
        .filter(closed_at__gte=since)
        .order_by()
        .values_list("person", "where")
        .annotate(n=Count("id"), hit=Count("id", filter=Q(right=True)))
    )
    found: dict[int, dict[str, Hits]] = {}
    for id, where, n, hit in rows:
        found.setdefault(id, {})[Where(where)] = Hits(hit, n)
    return found


def misses(since: datetime, person: int | None = None) -> Any:
    """Known cases that were answered otherwise, newest first; of one person, or of all."""
    rows = KnownAnswer.objects.there().filter(right=False, closed_at__gte=since).order_by("-closed_at")
    rows = rows if person is None else rows.filter(person=person)
    return rows.select_related("case", "person")


def _name(user: Any) -> str:
    return str(user.get_full_name() or user.get_username())
