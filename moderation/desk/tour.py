"""Who sits at the desk for the first time is offered to be shown around it; once, and again when they ask.

Offered in the top bar, not thrown over the page: whoever already knows what to do decides with their first key.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moderation.desk.models import Toured


@dataclass(frozen=True)
class Stop:
    """One thing that is shown. `at`: where on the page it is (a CSS selector)."""

    at: str
    title: str | Promise
    says: str | Promise


STOPS: tuple[Stop, ...] = (
    Stop(
        ".stage",
        _("What a child sent in"),
        _("Pictures, or the text where there is none. Frames show where a detector found something."),
    ),
    Stop(
        ".panel",
        _("Why it is here"),
        _("In plain words: what was found, what this builder sent before, what colleagues noted. Scores on demand."),
    ),
    Stop(
        ".due",
        _("By when"),
        _("The bar shows how long is left. When it is over nothing happens: nothing is ever published by itself."),
    ),
    Stop(
        ".actions .approve",
        _("Decide with one key"),
        _("A approves. A digit rejects for its reason. Where something was found, approving takes a second press."),
    ),
    Stop(
        ".actions .slot, .actions .aside",
        _("Take it back"),
        _("U undoes the last decision for a few seconds. The app and the child have not heard of it by then."),
    ),
    Stop(
        ".actions .aside",
        _("You need not decide"),
        _("S skips, L sets it aside for later, E passes it on to who knows better. Nobody asks why."),
    ),
    Stop(
        ".actions .help",
        _("All keys"),
        _("? shows them all, and there you can choose your own. You can begin this tour again from there, too."),
    ),
)


def wants_tour(user: Any) -> bool:
    return not Toured.objects.filter(person_id=user.pk).exists()


@transaction.atomic
def toured(user: Any, whole: bool) -> None:
    """They saw it, or skipped it. To skip it the second time does not unsay that they saw it whole."""
    row, made = Toured.objects.get_or_create(person_id=user.pk, defaults={"whole": whole})
    if whole and not made and not row.whole:
        row.whole, row.at = True, timezone.now()
        row.save(update_fields=["whole", "at"])
