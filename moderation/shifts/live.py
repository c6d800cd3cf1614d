"""What is so at this moment: what waits, is it in time, and who is there. As many queries however much waits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone

from brickmod.access.models import App, User
from moderation.desk.models import Claim, Decision
from moderation.intake.models import State, Submission
from moderation.queues.due import Rules, rules
from moderation.queues.routing import primary

JUST_NOW = timedelta(minutes=15)


@dataclass(frozen=True)
class Waiting:
    """`late`: the due time is over; `soon`: the desk warns of it; `oldest`: when it was received."""

    name: str
    n: int = 0
    late: int = 0
    soon: int = 0
    oldest: datetime | None = None

    def __add__(self, other: "Waiting") -> "Waiting":
        oldest = min((at for at in (self.oldest, other.oldest) if at), default=None)
        return Waiting(self.name, self.n + other.n, self.late + other.late, self.soon + other.soon, oldest)

    @property
    def age(self) -> int:
        """Whole minutes."""
        return int((timezone.now() - self.oldest).total_seconds() // 60) if self.oldest else 0


@dataclass(frozen=True)
class Person:
    """Somebody on shift. How much they decided is not here, and on no page of ours that ranks people."""

    name: str
    languages: tuple[str, ...]  # primary tags; none: reads all
    holds: bool


@dataclass(frozen=True)
class Live:
    at: datetime
    all: Waiting
    markets: tuple[Waiting, ...]
    languages: tuple[Waiting, ...]
    people: tuple[Person, ...]
    due_minutes: int  # the shortest that holds for what is asked


def live(market: str = "", language: str = "", now: datetime | None = None) -> Live:
    """Four queries and those of the due times."""
    now = now or timezone.now()
    apps = {app.pk: app for app in App.objects.all()}
    held = rules()
    found = list(_waiting(held, apps.values(), market, language, now))
    whole = sum((row for *_, row in found), Waiting("all"))
    return Live(
        at=now,
        all=whole,
        markets=_by((where, row) for where, _, row in found),
        languages=_by((spoken, row) for _, spoken, row in found),
        people=tuple(_people(now)),
        due_minutes=_shortest(held, list(apps.values()), market),
    )


def _waiting(
    held: Rules, apps: Iterable[App], market: str, language: str, now: datetime
) -> Iterable[tuple[str, str, Waiting]]:
    """(market, language, what waits there): one query, grouped. Each warning time has a count of its own in it, and
    each group takes the one of its rule."""
    by_id = {app.pk: app for app in apps}
    warnings = {rule.warn for rule in held.rows.values()} | {held.of(app, "").warn for app in by_id.values()}
    counts: dict[str, Any] = {
        f"in_{minutes}": Count("id", filter=Q(review_due_at__lt=now + timedelta(minutes=minutes)))
        for minutes in {0, *warnings}
    }
    rows = Submission.objects.filter(_asked(market, language), state=State.QUEUED).order_by()
    groups: Any = rows.values("app_id", "market", "language")
    for row in groups.annotate(n=Count("id"), oldest=Min("received_at"), **counts):
        late = row["in_0"]
        soon = row[f"in_{held.of(by_id[row['app_id']], row['market']).warn}"] - late
        yield row["market"], primary(row["language"]), Waiting("", row["n"], late, soon, row["oldest"])


def _asked(market: str, language: str) -> Q:
    """`language` is a primary tag; "da" takes "da-DK" with it."""
    asked = Q(market=market) if market else Q()
    return asked & (Q(language__iexact=language) | Q(language__istartswith=f"{language}-")) if language else asked


def _by(rows: Iterable[tuple[str, Waiting]]) -> tuple[Waiting, ...]:
    """The latest first, then what waits most."""
    found: dict[str, Waiting] = {}
    for name, row in rows:
        found[name] = found.get(name, Waiting(name)) + row
    return tuple(sorted(found.values(), key=lambda row: (-row.late, -row.soon, -row.n, row.name)))


def _people(now: datetime) -> Iterable[Person]:
    """Who has something before them, or decided something just now; by name."""
    holds = _holding(now)
    everybody = {user.pk: user for user in User.objects.filter(is_active=True).only("username", "languages")}
    for pk in sorted((holds | _deciding(now)) & set(everybody), key=lambda pk: everybody[pk].username):
        user = everybody[pk]
        yield Person(user.username, tuple(map(str, user.languages)), pk in holds)


def there(now: datetime) -> set[int]:
    """The ids of people on shift."""
    active = User.objects.filter(is_active=True, pk__in=_holding(now) | _deciding(now))
    return set(active.values_list("pk", flat=True))


def _holding(now: datetime) -> set[int]:
    return set(Claim.objects.live(now).values_list("moderator_id", flat=True))


def _deciding(now: datetime) -> set[int]:
    everybody = list(User.objects.filter(is_active=True).values_list("pk", flat=True))  # the index is by person
    decided = Decision.objects.filter(moderator__in=everybody, decided_at__gt=now - JUST_NOW).order_by()
    return set(decided.values_list("moderator_id", flat=True).distinct())


def _shortest(held: Rules, apps: Sequence[App], market: str) -> int:
    where = [market] if market else ["", *(code for _, code in held.rows)]
    minutes = [held.of(app, code).minutes for app in apps for code in where]
    return min(minutes, default=settings.REVIEW_MINUTES)
