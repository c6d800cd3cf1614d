"""The form of a retraining policy: the same on the page and in the admin."""

from typing import Any, ClassVar

from django import forms

from featurestore.heads.models import RetrainingPolicy
from featurestore.labels.rules import DEFAULT, VIEWS


class PolicyForm(forms.ModelForm):
    """Quiet hours come in twos, and the label view is one that there is."""

    label_view = forms.ChoiceField(
        required=False,
        choices=[("", f"the default ({DEFAULT})"), *((view.full_name, view.full_name) for view in VIEWS)],
        help_text="The rule that makes labels of what people and rules said.",
    )

    class Meta:
        model = RetrainingPolicy
        fields: ClassVar = [
            "task",
            "on",
            "new_labels",
            "rare_labels",
            "days",
            "quiet_from",
            "quiet_to",
            "on_drift",
            "label_view",
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if (given.get("quiet_from") is None) != (given.get("quiet_to") is None):
            raise forms.ValidationError("Quiet hours need both times, or neither.")
        if given.get("rare_labels", 0) > given.get("new_labels", 0):
            raise forms.ValidationError("There cannot be more of the rarer answer than there are labels.")
        return given
