"""The desk's keys: what each does, and each person's own. Plain keys, without modifiers; digits are the reasons'."""

from collections.abc import Mapping
from string import ascii_lowercase
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from moderation.desk.models import Keys

# action -> (its key, what it does)
HOUSE: dict[str, tuple[str, str]] = {
    "approve": ("a", N_("Approve")),
    "reject": ("r", N_("Reject: then the key of the reason")),
    "more": ("m", N_("Several reasons, single parts, a note, what the child reads")),
    "where": ("w", N_("Mark where: draw a box, or the words that are selected; again: all of this picture")),
    "skip": ("s", N_("Skip: somebody else gets it")),
    "later": ("l", N_("Set aside for later")),
    "pass": ("e", N_("Escalate: pass it on to another queue")),
    "restrict": ("x", N_("Suspected illegal: press twice, and it is hidden from everybody at once")),
    "policy": ("p", N_("The policy of the suspected reason")),
    "undo": ("u", N_("Undo the last decision")),
    "zoom": ("z", N_("Zoom in and out")),
    "boxes": ("b", N_("Boxes on and off")),
    "reveal": ("v", N_("Show what is veiled; again: veil it")),
}


def keys_of(user: Any) -> dict[str, str]:
    """action -> key, this person's own where they chose one."""
    own = Keys.objects.filter(person_id=user.pk).values_list("own", flat=True).first() or {}
    found = {action: str(own[action]) for action in HOUSE if action in own}
    # A release brings a key that this person had given to something else: theirs stays, the new one moves.
    free = (letter for letter in ascii_lowercase if letter not in {key for key, _says in HOUSE.values()})
    for action, (key, _says) in HOUSE.items():
        if action not in found:
            taken = set(found.values())
            found[action] = key if key not in taken else next(letter for letter in free if letter not in taken)
    return {action: found[action] for action in HOUSE}


def chosen(wanted: Mapping[str, str]) -> dict[str, str]:
    """action -> key, whole and checked: one letter each, no letter twice. Raises ValueError with a sentence."""
    found: dict[str, str] = {}
    for action, (house, says) in HOUSE.items():
        key = wanted.get(action, "").strip().lower() or house
        if len(key) != 1 or not key.isalpha():
            raise ValueError(_("“%(what)s”: one letter.") % {"what": _(says)})
        if key in found.values():
            raise ValueError(_("“%(key)s” is there twice.") % {"key": key.upper()})
        found[action] = key
    return found


def keep(user: Any, wanted: Mapping[str, str]) -> None:
    """Store this person's keys: only those that differ, so that a new release's keys reach who changed none.
    Raises ValueError."""
    own = {action: key for action, key in chosen(wanted).items() if key != HOUSE[action][0]}
    Keys.objects.update_or_create(person_id=user.pk, defaults={"own": own})


def sheet(user: Any) -> list[tuple[str, str]]:
    """(key, what it does), for the sheet that shows all."""
    return [(key, _(HOUSE[action][1])) for action, key in keys_of(user).items()]
