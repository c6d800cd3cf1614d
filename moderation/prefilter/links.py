"""From a part to its features, sealed under a key of the day, until the window closes.

What lies in the store has no way back. What lies here leads there, and only while a decision may still change:
afterwards the day's key is destroyed, and with it the meaning of every link of that day, in backups too.
"""

from datetime import date, timedelta
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from moderation.intake.models import Part
from moderation.prefilter.models import DayKey, FeatureLink


def _key_of(day: date) -> bytes:
    """The day's key; made by the first who asks."""
    row = DayKey.objects.filter(day=day).first()
    if row is None:
        try:
            with transaction.atomic():
                row = DayKey.objects.create(day=day, key=Fernet.generate_key())
        except IntegrityError:  # another worker was first
            row = DayKey.objects.get(day=day)
    return bytes(row.key)


def link(pairs: list[tuple[Part, UUID]], day: date | None = None) -> None:
    """Remember which features a part has (in the caller's transaction)."""
    day = day or timezone.now().date()
    if not pairs:
        return
    box = Fernet(_key_of(day))
    FeatureLink.objects.bulk_create(
        [FeatureLink(part=part, day=day, sealed=box.encrypt(feature.bytes)) for part, feature in pairs]
    )


def features_of(parts: list[Part] | Part) -> list[UUID]:
    """The features of these parts; [] once their window has closed."""
    wanted = [parts] if isinstance(parts, Part) else parts
    rows = list(FeatureLink.objects.filter(part__in=wanted))
    keys = {row.day: bytes(row.key) for row in DayKey.objects.filter(day__in={row.day for row in rows})}
    found = []
    for row in rows:
        if row.day in keys:
            try:
                found.append(UUID(bytes=Fernet(keys[row.day]).decrypt(bytes(row.sealed))))
            except InvalidToken:
                continue  # sealed under a key that was replaced: it leads nowhere any more
    return found


def close_windows() -> int:
    """Destroy the keys of days whose window is over, and the links that now mean nothing. Returns the days closed."""
    last_open = (timezone.now() - timedelta(hours=settings.LINK_HOURS)).date()
    with transaction.atomic():
        FeatureLink.objects.filter(day__lt=last_open).delete()
        closed, _ = DayKey.objects.filter(day__lt=last_open).delete()
    return closed
