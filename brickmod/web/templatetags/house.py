"""Template tags that every page may use: {% load house %}."""

from typing import Any

from django import template

from brickmod.web.nav import Shown, entries_for

register = template.Library()


@register.simple_tag(takes_context=True)
def nav_entries(context: dict[str, Any]) -> list[Shown]:
    """{% nav_entries as entries %}: the top bar's entries for who looks; none on a page without a person."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    return entries_for(request)
