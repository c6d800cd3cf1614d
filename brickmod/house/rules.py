"""The figures that hold now: an admin's, or else those that the service was started with.

Read at most once in FRESH seconds by each process: they are asked for at every decision.
"""

import time
from typing import Any

from django.conf import settings

from brickmod.house.models import House

FRESH = 5.0
_held: tuple[float, House] | None = None


def house() -> House:
    global _held
    if _held is None or time.monotonic() - _held[0] > FRESH:
        _held = (time.monotonic(), House.objects.filter(id=1).first() or House())
    return _held[1]


def forget() -> None:
    """Read anew: somebody in this process changed it."""
    global _held
    _held = None


def undo_seconds() -> int:
    return int(_first(house().undo_seconds, settings.UNDO_SECONDS))


def lease_seconds() -> int:
    return int(_first(house().lease_seconds, settings.CLAIM_LEASE_SECONDS))


def audit_share() -> float:
    percent = house().audit_percent
    return float(percent) / 100 if percent is not None else float(settings.AUDIT_SHARE)


def rechecks_a_day() -> int:
    return int(_first(house().rechecks_a_day, settings.RECHECKS_A_DAY))


def _first(own: Any, usual: Any) -> Any:
    return usual if own is None else own
