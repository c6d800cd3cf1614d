"""Forms of the taxonomy in the admin."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from engagement.themes.models import Standing, Theme

LISTS = ("markets", "aliases", "hashtags", "known", "seasons")


class Lines(forms.CharField):
    """A list of words, one a line: a theme has hundreds of names, and nobody should write JSON."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}), **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        return list(dict.fromkeys(line.strip().lstrip("#") for line in (value or "").splitlines() if line.strip()))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != self.to_python(data)


class ThemeForm(forms.ModelForm):
    markets = Lines(help_text="ISO 3166 codes, one a line; none means everywhere.")
    aliases = Lines(help_text="Other names, one a line, as folders of pictures may have.")
    hashtags = Lines(help_text="One a line.")
    known = Lines(label="Names that belong to it", help_text="Characters, places, things; one a line.")
    seasons = Lines(help_text="MM-DD/MM-DD, one a line.")

    class Meta:
        model = Theme
        fields = ("name", "slug", "parents", "markets", "aliases", "hashtags", "known", "keywords", "seasons")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "parents" in self.fields:
            groups = Theme.objects.filter(standing__in=[Standing.GROUP, Standing.LIVE])
            self.fields["parents"].queryset = groups.exclude(pk=self.instance.pk)  # type: ignore[attr-defined]

    def clean_parents(self) -> Any:
        parents = self.cleaned_data["parents"]
        above = set(parents)
        while more := {up for parent in above for up in parent.parents.all()} - above:
            above |= more
        if self.instance.pk in {theme.pk for theme in above}:
            raise ValidationError("A theme cannot be above itself.")
        return parents


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=300, required=False, widget=UnfoldAdminTextInputWidget())


class MergeForm(ReasonForm):
    into = forms.ModelChoiceField(Theme.objects.live(), widget=UnfoldAdminSelectWidget())
    field_order = ("into", "reason")


class SplitForm(ReasonForm):
    parts = forms.CharField(
        label="New themes",
        help_text='One a line: "slug: Name".',
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
    )
    field_order = ("parts", "reason")

    def clean_parts(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for line in self.cleaned_data["parts"].splitlines():
            slug, _, name = (part.strip() for part in line.partition(":"))
            if line.strip():
                validate_slug(slug)
                if not name or slug in found:
                    raise ValidationError(f'{line!r} is not "slug: Name", or is there twice.')
                found[slug] = name
        return found
