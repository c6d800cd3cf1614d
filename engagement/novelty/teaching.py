"""What was named or merged becomes people's answers, and a round of training is asked for: when undo is over."""

from datetime import datetime
from uuid import uuid4

from django.utils import timezone

from engagement.cleaning.actions import NotNow, answer, ask_round
from engagement.daily.models import CreationTheme
from engagement.novelty.actions import UNDO
from engagement.novelty.models import Card, CardState


def teach(now: datetime | None = None) -> int:
    """Returns how many cards were taught. When a round is under way they wait for the next call."""
    now = now or timezone.now()
    taught = Card.objects.filter(state__in=[CardState.NAMED, CardState.MERGED], taught_at=None)
    cards = list(taught.filter(decided_at__lte=now - UNDO).select_related("theme", "decided_by"))
    if not cards:
        return 0
    for card in cards:
        assert card.theme is not None
        # What somebody said otherwise since is theirs.
        rows = CreationTheme.objects.filter(creation__in=list(card.before), slug=card.theme.slug)
        values = {row.creation_id: (row.slug, card.before[str(row.creation_id)]) for row in rows}
        answer(card.decided_by, uuid4(), values)
    try:
        ask_round(cards[-1].decided_by)
    except NotNow:
        return 0
    return Card.objects.filter(id__in=[card.pk for card in cards]).update(taught_at=now)
