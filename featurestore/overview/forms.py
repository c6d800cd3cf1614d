"""What may be taken out, as a form: only what is there can be chosen."""

from typing import Any

from django import forms

from featurestore.labels.rules import VIEWS
from featurestore.models import View

_EVERY = ("", "every view")


class ExportForm(forms.Form):
    task = forms.ChoiceField(label="Task")
    encoder = forms.ChoiceField(label="Encoder version")
    view = forms.ChoiceField(label="Of", required=False, choices=[_EVERY, *View.choices])
    label_view = forms.ChoiceField(label="Label view", choices=[(v.full_name, v.full_name) for v in VIEWS])

    def __init__(self, counts: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tasks = sorted({task for task, *_ in counts.get("labels", [])})
        encoders = sorted({encoder for encoder, *_ in counts.get("encoders", [])})
        self.fields["task"].choices = [(name, name) for name in tasks]  # type: ignore[attr-defined]
        self.fields["encoder"].choices = [(name, name) for name in encoders]  # type: ignore[attr-defined]
