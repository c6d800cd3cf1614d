"""What is said, kindly, to somebody who works long or has seen much that is hard. Offered, never forced."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moderation.care.exposure import had, waiting_hard
from moderation.desk.door import LEAD
from moderation.desk.models import Decision

GAP, LONG = timedelta(minutes=10), timedelta(minutes=90)


def sentences(user: Any) -> list[str]:
    """At most one for the person, and one for a lead whom others need."""
    now = timezone.now()
    found = []
    counts = had(user, now)
    enough = next((one for one in counts if one.enough), None)
    much = next((one for one in counts if one.much), None)
    if enough:
        found.append(_("You have had enough that is hard for now. What comes next is calm; a break would be good too."))
    elif much:
        said = ngettext("%d hard one in the last hour", "%d hard ones in the last hour", much.hour) % much.hour
        found.append(_("%s. A short break would be good; others go on meanwhile.") % said)
    elif (since := working_since(user, now)) and now - since >= LONG:
        minutes = int((now - since).total_seconds() // 60)
        found.append(_("You have been at it for %d minutes. A short break would be good.") % minutes)
    if user.has_perm(LEAD) and (hard := waiting_hard(now)):
        text = ngettext(
            "%d hard one is late: others have had enough of them for now. They come to you.",
            "%d hard ones are late: others have had enough of them for now. They come to you.",
            hard,
        )
        found.append(text % hard)
    return found


def working_since(user: Any, now: datetime) -> datetime | None:
    """Since when this person has decided without a pause; None when they paused just now."""
    times = Decision.objects.filter(moderator_id=user.pk, decided_at__gt=now - 3 * LONG).order_by("-decided_at")
    since = now
    for at in times.values_list("decided_at", flat=True)[:3000]:
        if since - at > GAP:
            break
        since = at
    return since if since < now else None
