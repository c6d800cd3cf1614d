"""By when something is due, from the rows of DueTime, the app and the house's default."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings

from brickmod.access.models import App
from moderation.queues.models import WARN_MINUTES, DueTime


@dataclass(frozen=True)
class Rule:
    """`minutes` to decide in; the desk warns `warn` minutes before the end; `weight` 0 to 9."""

    minutes: int
    warn: int = WARN_MINUTES
    weight: int = 0

    @property
    def time(self) -> timedelta:
        return timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Rules:
    """(app or None, market or "") -> Rule."""

    rows: Mapping[tuple[int | None, str], Rule]

    def of(self, app: App, market: str) -> Rule:
        """What names app and market counts before what names the app, that before the app's own minutes, those before
        what names the market, and that before every app's."""
        if named := self._first((app.pk, market.upper()), (app.pk, "")):
            return named
        if app.review_minutes:
            return Rule(app.review_minutes, min(WARN_MINUTES, app.review_minutes - 1))
        if general := self._first((None, market.upper()), (None, "")):
            return general
        return Rule(settings.REVIEW_MINUTES, min(WARN_MINUTES, settings.REVIEW_MINUTES - 1))

    def _first(self, *keys: tuple[int | None, str]) -> Rule | None:
        return next((self.rows[key] for key in keys if key in self.rows), None)


def rules() -> Rules:
    """One query; there are few rows."""
    rows = DueTime.objects.values_list("app_id", "market", "minutes", "warn_minutes", "weight")
    return Rules({(app, market.upper()): Rule(*rest) for app, market, *rest in rows.order_by()})
