"""A week's search: read what was looked at, find groups, keep them as cards. Everything may be done twice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from engagement.creations.models import Creation
from engagement.daily.guessing import words_of
from engagement.novelty.finding import CARDS, Found, Window, discover, judged
from engagement.novelty.growth import growth
from engagement.novelty.looking import TEXT, WEEKS, Kind
from engagement.novelty.matching import Known, matched
from engagement.novelty.models import Card, CardState, Look, Member, Round, RoundState
from featurestore.bridge.files import NoBridge, load

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=30)
THEMED = timedelta(hours=36)  # after its end a week's last creations have had their morning everywhere


def week_to_search(now: datetime) -> date:
    """The Monday of the last week (in UTC) that is over, and whose creations all have had their morning."""
    today = (now - THEMED).astimezone(UTC).date()
    return today - timedelta(days=today.weekday() + 7)


@dataclass(frozen=True)
class _Seen:
    """The window, its creations' ids in the same order, and when they were published."""

    window: Window
    ids: Sequence[UUID]
    weeks: Sequence[date]


def search(week: date, kinds: Sequence[Kind], now: datetime | None = None) -> Round | None:
    """Do a week's round, by words and by pictures. None when somebody else does it; one that was done is returned."""
    now = now or timezone.now()
    row, _ = Round.objects.get_or_create(week=week)
    if row.state == RoundState.DONE:
        return row
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    if not Round.objects.filter(free, pk=row.pk, state=RoundState.LOOKING).update(leased_until=now + LEASE):
        return None
    try:
        seen = [_read(week, kind) for kind in kinds]
        found = [discover(one.window) if one.ids else [] for one in seen]
        with transaction.atomic():
            row = Round.objects.select_for_update().get(pk=row.pk)
            if row.state == RoundState.DONE:
                return row
            for kind, one, groups in zip(kinds, seen, found, strict=True):
                _keep(week, kind, one, groups)
            row.state, row.done_at, row.looked = RoundState.DONE, timezone.now(), sum(len(one.ids) for one in seen)
            row.strange = sum(int(one.window.is_strange.sum()) for one in seen)
            row.save()
    except Exception:
        Round.objects.filter(pk=row.pk, state=RoundState.LOOKING).update(leased_until=None)
        raise
    log.info("novelty.searched", week=str(week), looked=row.looked, cards=sum(map(len, found)))
    return row


def _read(week: date, kind: Kind) -> _Seen:
    until = datetime.combine(week + timedelta(days=7), time(), UTC)
    since = until - timedelta(weeks=WEEKS)
    span = Q(creation__published_at__gte=since, creation__published_at__lt=until)
    rows = list(
        Look.objects.filter(span, view=kind.view).exclude(encoder="").select_related("creation").order_by("creation_id")
    )
    vectors, kept = [], []
    bridges: dict[str, Any] = {}
    for row in rows:
        vector = np.frombuffer(bytes(row.vector), np.float16).astype(np.float32)
        if row.encoder != kind.encoder:
            # Vectors of an encoder that was replaced meanwhile are carried over, or left out.
            if row.encoder not in bridges:
                bridges[row.encoder] = _bridge(row.encoder, kind.encoder)
            if bridges[row.encoder] is None:
                continue
            vector = bridges[row.encoder].carry(vector[None])[0]
        vectors.append(vector)
        kept.append(row)
    slugs = sorted({slug for row in kept for slug in row.scores})
    p = np.array([[row.scores.get(slug, 0.0) for slug in slugs] for row in kept]).reshape(len(kept), len(slugs))
    seen = np.stack(vectors) if vectors else np.zeros((0, 1), np.float32)
    texts = [words_of(row.creation) for row in kept]
    window = judged(Window(texts, seen, slugs, p, kind.sure, kind.strange), kind.ground, both=kind.view == TEXT)
    return _Seen(window, [row.creation_id for row in kept], [_monday(row.creation.published_at) for row in kept])


def _bridge(old: str, new: str) -> Any:
    try:
        return load(old, new)
    except NoBridge:
        log.warning("novelty.no_bridge", old=old, new=new)
        return None


def _keep(week: date, kind: Kind, seen: _Seen, found: Sequence[Found]) -> None:
    whole = seen.window.vectors.mean(0) if len(seen.ids) else np.zeros(1)
    # Who was withdrawn while it was being searched has no row that ours could refer to.
    left = set(Creation.objects.filter(id__in=seen.ids).values_list("id", flat=True))
    old = list(Card.objects.filter(view=kind.view, last_week__lt=week).prefetch_related("members"))
    before = [
        # Means of two encoders are not compared: such a card is known by its creations alone.
        Known(
            {row.creation_id for row in card.members.all()},
            np.frombuffer(bytes(card.mean) if card.encoder == kind.encoder else b"", np.float32),
        )
        for card in old
    ]
    means = [np.asarray(seen.window.vectors[one.rows].mean(0) - whole, np.float32) for one in found]
    now = [Known({seen.ids[i] for i in one.rows}, mean) for one, mean in zip(found, means, strict=True)]
    fresh = 0
    for one, mean, place in zip(found, means, matched(now, before), strict=True):
        if place is None and fresh >= CARDS:
            continue
        fresh += place is None
        card = old[place] if place is not None else Card(first_week=week)
        card.last_week, card.view, card.encoder, card.mean = week, kind.view, kind.encoder, mean.tobytes()
        card.stability, card.size = one.stability, len(one.rows)
        card.words = [[word, round(z, 2)] for word, z in one.words]
        card.parents = list(one.parents or ())
        card.growth = _growth(week, seen, one)
        card.save()
        card.members.all().delete()
        Member.objects.bulk_create(
            [Member(card=card, creation_id=seen.ids[i], place=n) for n, i in enumerate(one.rows) if seen.ids[i] in left]
        )


def _growth(week: date, seen: _Seen, one: Found) -> dict[str, Any]:
    weeks = [week - timedelta(weeks=n) for n in reversed(range(WEEKS))]
    mine, everything = Counter(seen.weeks[i] for i in one.rows), Counter(seen.weeks)
    counts, total = [mine[day] for day in weeks], [everything[day] for day in weeks]
    rate = growth(counts, total)
    shown = {"weeks": [day.isoformat() for day in weeks], "counts": counts, "everything": total}
    return {**shown, "ratio": rate.ratio, "low": rate.low, "high": rate.high}


def _monday(at: datetime) -> date:
    day = at.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def close_forgotten(now: datetime | None = None) -> int:
    """Delete open cards that no round has found for as long as a window is. Returns how many."""
    oldest = week_to_search(now or timezone.now()) - timedelta(weeks=WEEKS)
    return Card.objects.filter(state=CardState.OPEN, last_week__lt=oldest).delete()[0]
