"""From a part to its features and to its pairs, sealed, until the window closes.

What lies in the store has no way back. What lies here leads there, and only while a decision may still change. Each
half hour has a key of its own, in a file and never in the database. LINK_HOURS after the half hour has ended the key is
destroyed, and with it the meaning of every link sealed under it, in every backup of the database too.
"""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils import timezone

from brickmod.keys import Keys
from featurestore.store.base import NewFeature
from moderation.intake.models import Part
from moderation.prefilter.models import FeatureLink, PairLink, Unsettled

log = structlog.get_logger(__name__)

SLOT = timedelta(minutes=30)  # a link outlives its LINK_HOURS by at most this, and the minutes between two cleanings
PREFIX = "link-"
NONCE = 12
Kind = type[FeatureLink] | type[PairLink]


class Kept(NamedTuple):
    """A feature that was just put, and what it is of."""

    part: Part
    feature: NewFeature
    id: UUID


def link(kept: Sequence[Kept], now: datetime | None = None) -> None:
    """Remember which features a part has (in the caller's transaction)."""
    if not kept:
        return
    _link(FeatureLink, [(one.part, one.id) for one in kept], now)
    Unsettled.objects.bulk_create(
        [
            Unsettled(feature=one.id, view=one.feature.view, market=one.feature.market, day=one.feature.day)
            for one in kept
        ]
    )


def link_pairs(kept: Sequence[tuple[Part, UUID]], now: datetime | None = None) -> None:
    """Remember which pairs a part is in (in the caller's transaction)."""
    if kept:
        _link(PairLink, kept, now)


def features_of(parts: Sequence[Part] | Part) -> list[UUID]:
    """The features of these parts; [] once their window has closed."""
    return [id for _, id in _opened(FeatureLink, [parts] if isinstance(parts, Part) else parts)]


def features_by_part(parts: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """(part, feature) for each feature of these parts; without those whose window has closed."""
    return _opened(FeatureLink, parts)


def pairs_of(parts: Sequence[Part]) -> list[tuple[UUID, UUID]]:
    """(part, pair) for each pair that these parts are in; [] once their window has closed."""
    return _opened(PairLink, parts)


def _link(kind: Kind, kept: Sequence[tuple[Part, UUID]], now: datetime | None) -> None:
    slot = slot_of(now or timezone.now())
    box = AESGCM(Keys.configured().make(_name(slot)))
    rows: Any = [kind(part=part, slot=slot, sealed=_seal(box, _bound(kind, part.id), id)) for part, id in kept]
    kind.objects.bulk_create(rows)


def _opened(kind: Kind, parts: Sequence[Part] | Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    rows = list(kind.objects.filter(part__in=parts, slot__gt=_last_closed(timezone.now())))
    boxes: dict[datetime, AESGCM | None] = {}
    found = []
    for row in rows:
        if row.slot not in boxes:
            key = Keys.configured().get(_name(row.slot))
            boxes[row.slot] = AESGCM(key) if key else None
            if key is None:
                # Not closed, and yet no key: this process looks into another folder than the one that made the link.
                log.error("links.key_is_missing", slot=row.slot.isoformat())
        box = boxes[row.slot]
        if box is not None:
            try:
                found.append((row.part_id, _open(box, _bound(kind, row.part_id), bytes(row.sealed))))
            except InvalidTag:
                log.error("links.sealed_under_another_key", slot=row.slot.isoformat())
    return found


def close_windows(now: datetime | None = None) -> int:
    """Destroy the keys whose window is over, and the links that now mean nothing. Returns how many keys."""
    last = _last_closed(now or timezone.now())
    keys = Keys.configured()
    # Keys first: a crash between leaves rows that nobody can read.
    closed = sum(keys.destroy(name) for name in keys.names(PREFIX) if name <= _name(last))
    for kind in (FeatureLink, PairLink):
        kind.objects.filter(slot__lte=last).delete()
    return closed


def slot_of(moment: datetime) -> datetime:
    """The beginning of the half hour."""
    start = moment.astimezone(UTC).replace(second=0, microsecond=0)
    return start - timedelta(minutes=start.minute % 30)


def day_is_closed(midnight_after: datetime, now: datetime) -> bool:
    """Have all windows of the day that ended at `midnight_after` closed?"""
    return midnight_after - SLOT <= _last_closed(now)


def _last_closed(now: datetime) -> datetime:
    """The youngest slot whose last link has had its LINK_HOURS."""
    return slot_of(now - timedelta(hours=settings.LINK_HOURS)) - SLOT


def _name(slot: datetime) -> str:
    return f"{PREFIX}{slot.astimezone(UTC):%Y%m%d-%H%M}"


def _bound(kind: Kind, part: UUID) -> bytes:
    """What is sealed along with an id: copied to another part, or to the other kind, a link does not open."""
    return part.bytes + (b"pair" if kind is PairLink else b"")


def _seal(box: AESGCM, bound: bytes, id: UUID) -> bytes:
    """Nonce and box."""
    nonce = os.urandom(NONCE)
    return nonce + box.encrypt(nonce, id.bytes, bound)


def _open(box: AESGCM, bound: bytes, sealed: bytes) -> UUID:
    return UUID(bytes=box.decrypt(sealed[:NONCE], sealed[NONCE:], bound))
