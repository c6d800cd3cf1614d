from django import forms

from brickmod.access.models import App
from moderation.authors.models import Follows


class SearchForm(forms.Form):
    """The pseudonym, or how it begins."""

    q = forms.CharField(label="Pseudonym, or how it begins", max_length=200, required=False)
    app = forms.ModelChoiceField(App.objects.order_by("name"), required=False, empty_label="Every app")


class ProposeForm(forms.Form):
    follows = forms.ChoiceField(label="What should follow", choices=Follows.choices)
    days = forms.IntegerField(
        label="For how many days", min_value=1, max_value=3650, required=False, help_text="Empty: until it is lifted."
    )
    a_day = forms.IntegerField(
        label="Uploads a day", min_value=1, max_value=1000, required=False, help_text="For “slowed down”."
    )
    because = forms.CharField(label="Why", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
