"""What the page can be asked for, and in which words it says that it cannot."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from brickmod.access.models import App
from brickmod.markets import is_language, is_market
from moderation.detectors.registry import list_detectors
from moderation.feedback.models import Reason
from moderation.intake.models import DecidedBy, State
from moderation.queues.routing import primary
from moderation.search.words import terms

VERDICTS = ("reject", "flag", "error", "pass")
TIMES = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"]


class Moment(forms.DateTimeField):
    """In UTC, whatever zone the server is in."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **given: Any) -> None:
        unread = _("A time is written 2026-01-31T14:05, or a day 2026-01-31.")
        super().__init__(input_formats=TIMES, required=False, error_messages={"invalid": unread}, **given)

    def to_python(self, value: Any) -> datetime | None:
        found = super().to_python(value)
        return found.replace(tzinfo=UTC) if found else None


def _choice(label: Any, choices: Any = ()) -> forms.ChoiceField:
    unknown = _("“%(value)s” is none of what can be chosen here.")
    return forms.ChoiceField(
        label=label, required=False, choices=[("", _("any")), *choices], error_messages={"invalid_choice": unknown}
    )


def _word(label: Any, most: int, **attrs: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=most, widget=forms.TextInput(attrs=attrs))


class SearchForm(forms.Form):
    """Every field may be empty; those that are not must all hold."""

    words = _word(_("Words in it"), 200, type="search", placeholder="dragon castle")
    id = _word(_("Id, ours or theirs"), 200)
    author = _word(_("Author"), 200)
    app = _choice(_("App"))
    state = _choice(_("State"), [(s, s.label) for s in State if s != State.WITHDRAWN])
    by = _choice(_("Decided by"), [(b.value, b.label) for b in DecidedBy])
    reason = _choice(_("Rejected for"))
    detector = _choice(_("Detector"))
    verdict = _choice(_("It said"), [(v, v) for v in VERDICTS])
    suspected = _choice(_("It suspected"))
    market = _word(_("Market"), 2, placeholder="DK")
    language = _word(_("Language"), 35, placeholder="da")
    since = Moment(label=_("From (UTC)"))
    until = Moment(label=_("Until (UTC)"))
    like = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="search-%s")
        reasons = [(r.code, r.title) for r in Reason.objects.order_by("position")]
        self._offer("app", [(app.slug, app.name) for app in App.objects.order_by("name")])
        self._offer("reason", reasons)
        self._offer("suspected", reasons)
        self._offer("detector", [(name, name) for name in list_detectors()])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = [("", _("any")), *choices]

    def clean_words(self) -> list[str]:
        said = str(self.cleaned_data["words"]).strip()
        try:
            return terms(said) if said else []
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_market(self) -> str:
        code = str(self.cleaned_data["market"]).upper()
        if code and not is_market(code):
            raise forms.ValidationError(_("“%(code)s” is no market: two letters, e.g. DK."), params={"code": code})
        return code

    def clean_language(self) -> str:
        tag = str(self.cleaned_data["language"]).strip()
        if tag and not is_language(primary(tag)):
            raise forms.ValidationError(_("“%(tag)s” is no language: e.g. da, or pt-BR."), params={"tag": tag})
        return tag

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("since") and said.get("until") and said["since"] >= said["until"]:
            raise forms.ValidationError(_("“From” must be earlier than “until”."))
        return said

    def sentences(self) -> list[str]:
        """What is wrong, each with the name of its field."""
        found = []
        for name, errors in self.errors.items():
            label = str(self.fields[name].label or "") if name in self.fields else ""
            found += [f"{label}: {error}" if label else str(error) for error in errors]
        return found
