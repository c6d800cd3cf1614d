"""Template tags that every page may use: {% load house %}."""

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from brickmod.web import tongues
from brickmod.web.nav import Shown, entries_for

register = template.Library()


@register.simple_tag(takes_context=True)
def nav_entries(context: dict[str, Any]) -> list[Shown]:
    """{% nav_entries as entries %}: the top bar's entries for who looks; none on a page without a person."""
    request = context.get("request")
    if request is None or not hasattr(request, "user") or not request.user.is_authenticated:
        return []
    return entries_for(request)


@register.simple_tag
def has_demo() -> bool:
    """Did this installation load the demo? Then what a page shows may be invented, and it says so."""
    return (settings.VAR / "demo.json").exists()


@register.simple_tag
def words_url() -> str:
    """{% words_url %}: the scripts' sentences in the language of this page."""
    language = get_language() or settings.LANGUAGE_CODE
    return reverse("words", args=[language, tongues.version(language)])


@register.filter
def inside(words: object) -> str:
    """{{ title|inside }}: as it stands within a sentence."""
    return tongues.inside(str(words))
