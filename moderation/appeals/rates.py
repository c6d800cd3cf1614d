"""How often decisions are overturned on appeal, by reason, detector and market, with how sure that is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from brickmod.markets import name as market_name
from featurestore.overview.intervals import share
from moderation.appeals.models import Appeal, Outcome
from moderation.feedback.models import Reason

DAYS = (30, 90, 365)
NONE = "no detector"


@dataclass(frozen=True)
class Rate:
    """`low`, `high`: where the true share lies with 95 % (Wilson 1927). Per cent, all three."""

    name: str
    decided: int
    changed: int
    rate: float
    low: float
    high: float

    @property
    def bar(self) -> tuple[float, float, float]:
        """Start and length of the interval's line, and the place of its dot, in the units of a drawing 0 to 100."""
        return round(self.low, 1), round(max(self.high - self.low, 0.5), 1), round(self.rate, 1)


@dataclass(frozen=True)
class Table:
    key: str
    title: str
    rows: tuple[Rate, ...]


def rate(name: str, decided: int, changed: int) -> Rate:
    found = share(changed, decided)
    figure = 100 * changed / decided if decided else 0.0
    return Rate(name, decided, changed, figure, 100 * found.low, 100 * found.high)


def tables(days: int) -> tuple[Rate, list[Table]]:
    """(of all, one table for each way to look). An appeal about several reasons counts for each of them."""
    since = timezone.now() - timedelta(days=days)
    rows = list(
        Appeal.objects.exclude(outcome=Outcome.OPEN)
        .filter(decided_at__gte=since)
        .values_list("outcome", "reasons", "detectors", "market", "measure")
    )
    titles = {code: _(title) for code, title in Reason.objects.values_list("code", "title")}
    uploads = [row for row in rows if row[4] is None]
    reasons = ((titles.get(code, code), said) for said, codes, *_ in rows for code in codes or ["by hand"])
    detectors = ((name, said) for said, _, names, *_ in uploads for name in names or [NONE])
    markets = ((market_name(market) if market else "unknown", said) for said, _, _, market, _ in rows)
    whole = rate("all", len(rows), sum(said == Outcome.CHANGED for said, *_ in rows))
    return whole, [
        Table("reason", _("By reason"), _counted(reasons)),
        Table("detector", _("By the detector that had pointed at it"), _counted(detectors)),
        Table("market", _("By market"), _counted(markets)),
    ]


def _counted(pairs: Iterable[tuple[str, str]]) -> tuple[Rate, ...]:
    seen: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    for name, said in pairs:
        seen[name] += 1
        changed[name] += said == Outcome.CHANGED
    return tuple(rate(name, n, changed[name]) for name, n in sorted(seen.items(), key=lambda item: (-item[1], item[0])))
