"""Numbers in tables: {% load figures %}."""

from django import template

register = template.Library()


@register.filter
def is_number(value: object) -> bool:
    return isinstance(value, int | float)


@register.filter
def grouped(value: object) -> object:
    """12345 -> "12,345"; fractions and words as they are."""
    return f"{value:,}" if isinstance(value, int) else value
