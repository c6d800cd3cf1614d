from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from brickmod.markets import is_language, is_market


class TitleForm(forms.Form):
    title = forms.CharField(label=_("What the draft is about"), max_length=120)


class WhereForm(forms.Form):
    """Which language's text and which market's rule the page of a change shows."""

    language = forms.CharField(max_length=12, required=False)
    market = forms.CharField(max_length=2, required=False)

    def clean_language(self) -> str:
        tag = self.cleaned_data["language"] or "en"
        return tag if is_language(tag) else "en"

    def clean_market(self) -> str:
        code = self.cleaned_data["market"].upper()
        return code if is_market(code) else ""


class ReasonForm(forms.Form):
    """A reason as a draft would have it: itself, its text in one language, and its rule in one market."""

    title = forms.CharField(label=_("Title"), max_length=60)
    severity = forms.IntegerField(label=_("Severity"), min_value=0, max_value=100)
    explains = forms.CharField(
        label=_("What falls under it, and what does not"), widget=forms.Textarea(attrs={"rows": 4})
    )
    alone = forms.BooleanField(label=_("Told alone, whatever else was found"), required=False)
    retired = forms.BooleanField(label=_("Retired: nobody can choose it any more"), required=False)
    text_title = forms.CharField(label=_("For the child: title"), max_length=60, required=False)
    text_text = forms.CharField(
        label=_("For the child: text"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    market_severity = forms.IntegerField(label=_("Severity there"), min_value=0, max_value=100, required=False)
    market_explains = forms.CharField(
        label=_("What falls under it there"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    market_offered = forms.BooleanField(label=_("Can be chosen there"), required=False)

    def __init__(self, *args: Any, in_market: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if not in_market:
            for name in [name for name in self.fields if name.startswith("market_")]:
                del self.fields[name]


class ScheduleForm(forms.Form):
    at = forms.DateTimeField(
        label=_("From (UTC)"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
