"""Which veils lie over a picture: blur, grey, small. No Django here.

Whether blurring protects who looks is disputed (docs/wellbeing.md): it is offered, and on for what was flagged.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

# What can be chosen, and what holds for who chose nothing. The first three are veils of a picture, by reason.
VEILS = ("blur", "grey", "small")
HOUSE: Mapping[str, bool] = MappingProxyType(
    {"blur": True, "grey": False, "small": False, "mute": True, "hover": True, "all": False}
)


def classes(own: Mapping[str, Any], reasons: Iterable[str], flagged: bool) -> str:
    """The classes of a picture's frame: "veil veil-blur veil-hover"; "" when nothing lies over it.

    `own` is what the person chose, `reasons` the codes for which it was flagged. With several reasons the picture gets
    every veil that any of them asks for. What was not flagged is veiled only for who asked for that.
    """
    if not flagged and not chosen(own, "all"):
        return ""
    by_reason = own.get("reasons") if isinstance(own.get("reasons"), Mapping) else {}
    asked = [by_reason.get(code, {}) for code in reasons] or [{}]  # type: ignore[union-attr]
    on = [veil for veil in VEILS if any(_of(one, veil, chosen(own, veil)) for one in asked)]
    if not on:
        return ""
    return " ".join(["veil", *(f"veil-{veil}" for veil in on), *(["veil-hover"] if chosen(own, "hover") else [])])


def chosen(own: Mapping[str, Any], name: str) -> bool:
    return _of(own, name, HOUSE[name])


def differing(wanted: Mapping[str, bool], by_reason: Mapping[str, Mapping[str, bool]]) -> dict[str, Any]:
    """Only what differs from the house, and for a reason from what the person wants for all: a new release's way
    reaches who chose nothing."""
    own: dict[str, Any] = {name: on for name, on in wanted.items() if name in HOUSE and on != HOUSE[name]}
    reasons = {
        code: {veil: on for veil, on in veils.items() if veil in VEILS and on != chosen(own, veil)}
        for code, veils in by_reason.items()
    }
    if reasons := {code: veils for code, veils in reasons.items() if veils}:
        own["reasons"] = reasons
    return own


def _of(from_: Any, name: str, otherwise: bool) -> bool:
    value = from_.get(name) if isinstance(from_, Mapping) else None
    return value if isinstance(value, bool) else otherwise
