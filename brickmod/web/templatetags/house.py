"""Template tags that every page may use: {% load house %}."""

from typing import Any

from django import template

from brickmod.web.nav import Shown, entries_for

register = template.Library()


@register.simple_tag(takes_context=True)
def nav_entries(context: dict[str, Any]) -> list[Shown]:
    """{% nav_entries as entries %}: the top bar's entries for who looks; none on a page without a person."""
    request = context.get("request")
    if request is None or not hasattr(request, "user") or not request.user.is_authenticated:
        return []
    return entries_for(request)
