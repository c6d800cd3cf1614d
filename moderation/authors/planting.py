"""The strike policy that a new database begins with. People change it: once there are rows, this does nothing."""

from typing import Any

from django.apps.registry import Apps
from django.apps.registry import apps as installed
from django.db import router, transaction

# A child who shows its face or tells its name is to be protected, not punished; one that may be in need, or whose
# picture is only dark, gets no strike at all.
POINTS: dict[str, float] = {
    "face": 0.25,
    "personal_data": 0.25,
    "rude": 1.0,
    "nudity": 2.0,
    "bad_picture": 0.0,
    "not_a_build": 0.0,
    "violence": 1.0,
    "advert": 1.0,
    "self_harm": 0.0,
    "threat": 1.0,
    "insult": 1.0,
    "sexual": 1.0,
    "slur": 1.0,
    "grooming": 2.0,
    "other": 0.25,
}
# (points, what follows, days, uploads a day, needs a person)
STEPS: tuple[tuple[float, str, int | None, int | None, bool], ...] = (
    (1.0, "warn", 7, None, False),
    (2.0, "slow", 7, 5, False),
    (3.0, "review", 30, None, False),
    (4.5, "ban", 3, None, True),
    (6.0, "ban", 30, None, True),
    (9.0, "ban", None, None, True),
)


def after_migrate(using: str, apps: Apps = installed, **kwargs: Any) -> None:
    """Receiver of post_migrate, which also follows a flush."""
    try:
        rule, step, reason = (
            apps.get_model(app, name)
            for app, name in (("authors", "StrikeRule"), ("authors", "Step"), ("feedback", "Reason"))
        )
    except LookupError:
        return  # migrated to a state before there were any
    if not router.allow_migrate_model(using, rule):
        return
    with transaction.atomic(using=using):
        if not rule.objects.using(using).exists():
            known = set(reason.objects.using(using).filter(code__in=POINTS).values_list("code", flat=True))
            rule.objects.using(using).bulk_create(
                rule(reason_id=code, points=points) for code, points in POINTS.items() if code in known
            )
        if not step.objects.using(using).exists():
            step.objects.using(using).bulk_create(
                step(at=at, follows=follows, days=days, a_day=a_day, needs_person=person)
                for at, follows, days, a_day, person in STEPS
            )
