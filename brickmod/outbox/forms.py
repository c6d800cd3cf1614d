"""The form of an endpoint in the admin."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from brickmod.outbox.models import Endpoint, EventType
from brickmod.outbox.targets import ForbiddenTarget, check_url


class EndpointForm(forms.ModelForm):
    # Our own field: Django's URLField adds http:// to what lacks a scheme, and takes ftp.
    url = forms.CharField(max_length=500, widget=UnfoldAdminTextInputWidget, label="Address")
    events = forms.MultipleChoiceField(
        choices=[choice for choice in EventType.choices if choice[0] != EventType.TEST],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="What it wants to hear of. None chosen: everything.",
    )

    class Meta:
        model = Endpoint
        fields = ("app", "url", "events", "active")

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        try:
            check_url(url)
        except ForbiddenTarget as error:
            raise ValidationError(str(error)) from error
        return url

    def clean(self) -> Any:
        if self.instance.active is False and self.cleaned_data.get("active"):
            self.instance.stopped_because = ""  # a person has looked at it
        return super().clean()
