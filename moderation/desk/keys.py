"""The desk's keys: what each does, and each person's own. Plain keys, without modifiers; digits are the reasons'."""

from collections.abc import Mapping
from string import ascii_lowercase
from typing import Any

from moderation.desk.models import Keys

# action -> (its key, what it does)
HOUSE: dict[str, tuple[str, str]] = {
    "approve": ("a", "Approve"),
    "reject": ("r", "Reject: then the key of the reason"),
    "more": ("m", "Several reasons, single parts, a note, what the child reads"),
    "where": ("w", "Mark where: draw a box, or the words that are selected; again: all of this picture"),
    "skip": ("s", "Skip: somebody else gets it"),
    "later": ("l", "Set aside for later"),
    "pass": ("e", "Escalate: pass it on to another queue"),
    "policy": ("p", "The policy of the suspected reason"),
    "undo": ("u", "Undo the last decision"),
    "zoom": ("z", "Zoom in and out"),
    "boxes": ("b", "Boxes on and off"),
    "reveal": ("v", "Show what is veiled; again: veil it"),
}


def keys_of(user: Any) -> dict[str, str]:
    """action -> key, this person's own where they chose one."""
    own = Keys.objects.filter(person_id=user.pk).values_list("own", flat=True).first() or {}
    found = {action: str(own[action]) for action in HOUSE if action in own}
    # A release brings a key that this person had given to something else: theirs stays, the new one moves.
    free = (letter for letter in ascii_lowercase if letter not in {key for key, _ in HOUSE.values()})
    for action, (key, _) in HOUSE.items():
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
            raise ValueError(f"“{says}”: one letter.")
        if key in found.values():
            raise ValueError(f"“{key.upper()}” is there twice.")
        found[action] = key
    return found


def keep(user: Any, wanted: Mapping[str, str]) -> None:
    """Store this person's keys: only those that differ, so that a new release's keys reach who changed none.
    Raises ValueError."""
    own = {action: key for action, key in chosen(wanted).items() if key != HOUSE[action][0]}
    Keys.objects.update_or_create(person_id=user.pk, defaults={"own": own})


def sheet(user: Any) -> list[tuple[str, str]]:
    """(key, what it does), for the sheet that shows all."""
    return [(key, HOUSE[action][1]) for action, key in keys_of(user).items()]
