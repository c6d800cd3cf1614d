from django import forms
from django.utils.translation import gettext_lazy as _

from brickmod.access.models import App
from moderation.authors.models import Follows


class SearchForm(forms.Form):
    """The pseudonym, or how it begins."""

    q = forms.CharField(label=_("Pseudonym, or how it begins"), max_length=200, required=False)
    app = forms.ModelChoiceField(App.objects.order_by("name"), required=False, empty_label=_("Every app"))


class ProposeForm(forms.Form):
    follows = forms.ChoiceField(label=_("What should follow"), choices=Follows.choices)
    days = forms.IntegerField(
        label=_("For how many days"),
        min_value=1,
        max_value=3650,
        required=False,
        help_text=_("Empty: until it is lifted."),
    )
    a_day = forms.IntegerField(
        label=_("Uploads a day"),
        min_value=1,
        max_value=1000,
        required=False,
        help_text=_("For “slowed down”."),
    )
    because = forms.CharField(label=_("Why"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
