"""{% load care %}: the one way in which a page says how an uploaded picture is veiled."""

from typing import Any

from django import template

from moderation.care.comfort import veil_of
from moderation.intake.models import Part, Submission

register = template.Library()


@register.simple_tag(takes_context=True)
def veil(context: dict[str, Any], part: Part, submission: Submission | None = None, flagged: bool = False) -> str:
    """class="{% veil part %}" on the picture, or on the frame around it. `flagged`: the whole
    page is about what was flagged."""
    return veil_of(context["request"].user, part, submission, flagged)
