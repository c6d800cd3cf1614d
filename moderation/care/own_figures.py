"""A person's own figures, by day."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from featurestore.overview.charts import Cell, Chart, Table
from moderation.care.models import Limit, Sight

DAYS = 14


def by_day(user: Any) -> Chart:
    """Hard ones a day in the last DAYS days, by limit: each counted once, under the hardest that it reaches."""
    today = timezone.now().date()
    days = [today - timedelta(days=n) for n in reversed(range(DAYS))]
    limits = list(Limit.objects.all())
    counts: Counter[tuple[date, int]] = Counter()
    rows = Sight.objects.filter(person_id=user.pk, at__date__gte=days[0]).values_list("at", "severity")
    for at, severity in rows:
        reached = next((limit.severity for limit in limits if severity >= limit.severity), None)
        if reached is not None:
            counts[at.date(), reached] += 1
    names = [f"{day:%a %d}" for day in days]
    tones = ["bad", "warn", "line", "quiet"]
    table: list[list[Cell]] = [
        [f"{day:%Y-%m-%d}", *(counts[day, limit.severity] for limit in limits)] for day in reversed(days)
    ]
    return Chart(
        "own",
        _("Hard ones that you were given, by day"),
        _("Counted once each, when they were dealt to you. Days are UTC. Nobody else sees this page."),
        Table("own", (_("Day"), *(limit.name for limit in limits)), table if counts else []),
        [
            {
                "type": "bar",
                "name": limit.name,
                "x": names,
                "y": [counts[day, limit.severity] for day in days],
                "tone": tones[min(n, len(tones) - 1)],
            }
            for n, limit in enumerate(limits)
        ],
        {"barmode": "stack", "yaxis": {"title": _("submissions a day"), "rangemode": "tozero"}, "legend": True},
    )
