"""What can be filled in on the pages of heads."""

from typing import Any

from django import forms

from featurestore.compare.cost import Costs
from featurestore.compare.risk import FALSE_REJECT, MISSED
from featurestore.heads import forms as heads


class _Form(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class CostsForm(_Form):
    """Unit costs. Sent by GET, so that what a page shows is its address."""

    reviewer_minute = forms.FloatField(label="A reviewer's minute, €", min_value=0, max_value=100_000)
    look_seconds = forms.FloatField(label="A look at one upload, seconds", min_value=0, max_value=36_000)
    rejected_good = forms.FloatField(label="A good creation rejected, €", min_value=0, max_value=100_000)
    missed = forms.FloatField(label="A find that is missed, €", min_value=0, max_value=100_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["step"] = "any"

    @property
    def costs(self) -> Costs:
        return Costs(**self.cleaned_data)


class ReasonForm(_Form):
    """Why: kept for good beside what was done."""

    reason = forms.CharField(
        label="Why?",
        min_length=5,
        max_length=2000,
        strip=True,
        widget=forms.Textarea({"rows": 3}),
        help_text="Stays in the history, with what this page says now.",
        error_messages={"required": "Write why. Somebody will want to know."},
    )


class CanaryForm(ReasonForm):
    share = forms.FloatField(
        label="Share of uploads for which the challenger's verdict counts, %",
        min_value=0,
        max_value=50,
        help_text="0 takes the canary back.",
    )
    field_order = ("share", "reason")


class RiskForm(_Form):
    """What the lead is ready to take: "at most 1 in `one_in` of `loss`, `sure` % sure"."""

    version = forms.ChoiceField(label="Of version")
    one_in = forms.FloatField(label="At most 1 in", min_value=2, max_value=1_000_000)
    loss = forms.ChoiceField(
        label="of", choices=[(FALSE_REJECT, "good creations is rejected"), (MISSED, "finds is missed")]
    )
    sure = forms.FloatField(label="% sure", min_value=50, max_value=99.9)

    def __init__(self, versions: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].choices = versions  # type: ignore[attr-defined]
        for name in ("one_in", "sure"):
            self.fields[name].widget.attrs["step"] = "any"


class ThresholdForm(ReasonForm):
    threshold = forms.FloatField(min_value=0, max_value=1, widget=forms.HiddenInput)


class PolicyForm(heads.PolicyForm):
    """The admin's, of one task."""

    class Meta(heads.PolicyForm.Meta):
        exclude = ("task",)
        labels = {
            "on": "Train by itself",
            "new_labels": "New labels",
            "rare_labels": "Of the rarer answer",
            "days": "Days between two",
            "quiet_from": "Quiet from",
            "quiet_to": "Quiet until",
            "on_drift": "Also when the vectors drift",
            "label_view": "Label view",
        }
        widgets = {name: forms.TimeInput({"type": "time"}, format="%H:%M") for name in ("quiet_from", "quiet_to")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
