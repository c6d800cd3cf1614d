"""What a person chose on the comfort page."""

from collections.abc import Iterable, Mapping

from moderation.care.veils import HOUSE, VEILS


def read(data: Mapping[str, str], codes: Iterable[str]) -> tuple[dict[str, bool], dict[str, dict[str, bool]]]:
    """(for all, by reason) out of the page's boxes. A box that is not there is not ticked, so each reason says "as
    above" or "by itself" beside its boxes."""
    wanted = {name: name in data for name in HOUSE}
    by_reason = {code: {veil: f"{code}:{veil}" in data for veil in VEILS} for code in codes if f"{code}:own" in data}
    return wanted, by_reason
