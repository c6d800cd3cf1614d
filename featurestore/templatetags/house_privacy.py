"""Figures as people read them."""

from django import template

register = template.Library()


@register.filter
def percent(value: float) -> str:
    """0.125 -> "12.5 %"."""
    return f"{100 * value:.1f} %"
