"""There are limits from the first day; who looks after the desk changes them in the admin."""

from typing import Any

from moderation.care.models import Limit


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """Two limits, unless there are any. Safe to run again."""
    limits = Limit.objects.using(using)
    if not limits.exists():
        limits.create(name="Hard", severity=60, an_hour=20, a_shift=100)
        limits.create(name="Very hard", severity=80, an_hour=8, a_shift=30)
