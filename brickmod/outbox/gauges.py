"""How much waits to be told and how long: read from the database when Prometheus asks."""

from collections.abc import Iterable

from django.db.models import Count, Min
from django.utils import timezone

from brickmod.outbox.models import Delivery, DeliveryState, Endpoint, Event
from brickmod.web.metrics import Gauge


def read() -> Iterable[Gauge]:
    now = timezone.now()
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING).aggregate(n=Count("id"), since=Min("since"))
    unspread = Event.objects.to_spread(now).order_by().aggregate(n=Count("id"), since=Min("not_before"))
    oldest = min((one["since"] for one in (waiting, unspread) if one["since"]), default=now)
    yield Gauge("brickmod_deliveries_waiting", "Messages that wait to reach an app.", waiting["n"] + unspread["n"])
    yield Gauge("brickmod_deliveries_age_seconds", "Age of the oldest of them.", (now - oldest).total_seconds())
    yield Gauge(
        "brickmod_deliveries_dead",
        "Messages that were given up and not sent again.",
        Delivery.objects.filter(state=DeliveryState.DEAD).count(),
    )
    yield Gauge(
        "brickmod_endpoints_stopped",
        "Endpoints that were switched off because they answered 410.",
        Endpoint.objects.filter(active=False).exclude(stopped_because="").count(),
    )
