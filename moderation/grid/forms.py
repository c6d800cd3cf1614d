"""What the grid's page sends."""

import json
from typing import Any
from uuid import UUID

from django import forms

from moderation.desk.forms import UuidsField


class PressForm(forms.Form):
    """`press`: the press's own id, the same at every try. `marked` repeated. `shown`: {tile: milliseconds} as JSON."""

    press = forms.UUIDField()
    marked = UuidsField(required=False)


def shown_of(data: Any) -> dict[UUID, int]:
    """What cannot be read counts as not seen."""
    try:
        raw = json.loads(data.get("shown", "{}"))
        return {UUID(str(id)): int(ms) for id, ms in raw.items() if 0 <= ms < 24 * 3600 * 1000}
    except (ValueError, TypeError, AttributeError, RecursionError, OverflowError):
        return {}
