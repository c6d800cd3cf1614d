"""What the desk's pages send. Fields that a person cannot fill in wrongly are read leniently."""

import json
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moderation.desk.errors import BadMark
from moderation.desk.marked import MOST, Mark, read
from moderation.desk.models import Outcome


class UuidsField(forms.Field):
    """A field that may be repeated; what is no UUID is refused."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[UUID]:
        try:
            return [UUID(one) for one in value or []]
        except (ValueError, TypeError, AttributeError):
            raise forms.ValidationError(_("These are not ids of submissions.")) from None


class DecideForm(forms.Form):
    """`approve`, or one or more `reason`, for the whole or for a part (`part-ID`).

    `decision` is the id that the decision will have: it makes a repeated request harmless.
    """

    decision = forms.UUIDField(required=False)
    note = forms.CharField(required=False, max_length=2000)
    shown_at = forms.DateTimeField(required=False)
    sure = forms.BooleanField(required=False)
    first = forms.SlugField(required=False, max_length=40)
    name_pictures = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        approve, reasons = "approve" in self.data, self._reasons()
        of_parts = any(name.startswith("part-") and said not in {"", "fine"} for name, said in self.data.items())
        if approve == bool(reasons or of_parts):
            raise forms.ValidationError(_("Choose: approve, or why it is rejected."))
        return self.cleaned_data

    def _reasons(self) -> list[str]:
        return list(self.data.getlist("reason")) if hasattr(self.data, "getlist") else []

    @property
    def outcome(self) -> str:
        return Outcome.APPROVE if "approve" in self.data else Outcome.REJECT

    @property
    def reasons(self) -> list[str]:
        return self._reasons()


class IdsForm(forms.Form):
    id = UuidsField(required=False)
    until = forms.DateTimeField(required=False)


class PassForm(forms.Form):
    """To which queue, with a note; `receipt` is the id that the receipt will have."""

    queue = forms.SlugField(max_length=40)
    note = forms.CharField(required=False, max_length=2000)
    receipt = forms.UUIDField(required=False)


class LaterForm(forms.Form):
    """In how many minutes it comes back."""

    minutes = forms.IntegerField(min_value=1, max_value=24 * 60)
    note = forms.CharField(required=False, max_length=2000)


class ReverseForm(forms.Form):
    note = forms.CharField(max_length=2000, error_messages={"required": gettext_lazy("Say why it is reversed.")})
    decision = forms.UUIDField(required=False)


def marks_of(data: Any) -> list[Mark]:
    """The marks in a decision's form: `mark` (JSON, repeated), and `part-ID` ("fine" or a reason). Raises BadMark."""
    found = []
    for raw in data.getlist("mark")[: MOST + 1]:
        try:
            found.append(read(json.loads(raw)))
        except (json.JSONDecodeError, RecursionError):
            raise BadMark(_("A mark could not be read.")) from None
    for name, said in data.items():
        if name.startswith("part-") and said:
            part = {"part": name.removeprefix("part-")}
            found.append(read({**part, "fine": True} if said == "fine" else {**part, "reasons": [said]}))
    return found
