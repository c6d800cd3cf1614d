"""Forms of the admin for people and keys."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from unfold.forms import UserChangeForm, UserCreationForm
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from brickmod.access.models import Role, Scope, User


class WordsField(forms.CharField):
    """A list of short words, written with commas: "da, de" <-> ["da", "de"]."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        return [word.strip().lower() for word in (value or "").split(",") if word.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


class _People(forms.ModelForm):
    languages = WordsField(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Languages that this person reads, e.g. da, de. Empty: all.",
    )
    skills = WordsField(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="What some queues ask for, e.g. video, grooming.",
    )
    roles = forms.MultipleChoiceField(
        choices=Role.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="What this person may do. Only an admin can open these pages.",
    )


class NewPersonForm(_People, UserCreationForm):
    class Meta(UserCreationForm.Meta):
        model = User
        fields = ("username", "first_name", "last_name", "email", "team", "languages", "skills")


class PersonForm(_People, UserChangeForm):
    class Meta(UserChangeForm.Meta):
        model = User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "roles" in self.fields:
            names = self.instance.groups.values_list("name", flat=True)
            self.initial["roles"] = [role for role in Role.values if role in set(names)]


def _select(choices: list[tuple[int, str]], label: str, initial: int) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=choices, coerce=int, initial=initial, label=label, widget=UnfoldAdminSelectWidget
    )


class IssueKeyForm(forms.Form):
    name = forms.CharField(
        max_length=80,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Where it is used, e.g. production.",
    )
    scopes = forms.MultipleChoiceField(
        choices=Scope.choices, initial=[Scope.SUBMIT.value], widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    days = _select([(0, "Never"), (30, "After 30 days"), (90, "After 90 days"), (365, "After a year")], "Ends", 365)

    def expires_at(self) -> Any:
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=days) if days else None


class RotateKeyForm(forms.Form):
    hours = _select(
        [(0, "Ends at once"), (1, "Works for an hour"), (24, "Works for a day"), (168, "Works for a week")],
        "The old key",
        24,
    )


class ConfirmForm(forms.Form):
    """Nothing to fill in: the button is the answer."""
