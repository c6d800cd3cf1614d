"""What the desk's pages send. Fields that a person cannot fill in wrongly are read leniently."""

from typing import Any
from uuid import UUID

from django import forms

from moderation.desk.models import Outcome


class UuidsField(forms.Field):
    """A field that may be repeated; what is no UUID is refused."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[UUID]:
        try:
            return [UUID(one) for one in value or []]
        except (ValueError, TypeError, AttributeError):
            raise forms.ValidationError("These are not ids of submissions.") from None


class DecideForm(forms.Form):
    """`approve`, or one or more `reason`. `decision` is the id that the decision will have: it makes a repeated
    request harmless."""

    decision = forms.UUIDField(required=False)
    note = forms.CharField(required=False, max_length=2000)
    shown_at = forms.DateTimeField(required=False)

    def clean(self) -> dict[str, Any]:
        approve, reasons = "approve" in self.data, self._reasons()
        if approve == bool(reasons):
            raise forms.ValidationError("Choose: approve, or why it is rejected.")
        return self.cleaned_data

    def _reasons(self) -> list[str]:
        return list(self.data.getlist("reason")) if hasattr(self.data, "getlist") else []

    @property
    def outcome(self) -> str:
        return Outcome.REJECT if self._reasons() else Outcome.APPROVE

    @property
    def reasons(self) -> list[str]:
        return self._reasons()


class IdsForm(forms.Form):
    id = UuidsField(required=False)
    until = forms.DateTimeField(required=False)
