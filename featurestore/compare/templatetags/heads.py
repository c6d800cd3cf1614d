"""Numbers and names of heads in words: {% load heads %}."""

import math
from typing import Any

from django import template

from featurestore.compare import lists

register = template.Library()


@register.filter
def task_title(task: str) -> str:
    return lists.title(task)


@register.filter
def words(name: str) -> str:
    """ "label_view.name" -> "label view: name"."""
    return name.replace("_", " ").replace(".", ": ")


@register.filter
def short(value: object) -> object:
    """Four digits that mean something: 0.99432 -> "0.9943", 12345.6 -> "12,346"; nan -> "not known". Words stay."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if math.isnan(value):
        return "not known"
    if isinstance(value, int) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


@register.filter
def percent(value: float) -> str:
    return f"{100 * value:.3g} %"


@register.filter
def plain(value: float) -> str:
    """For a field that is sent back: all digits, whatever the language of the page."""
    return repr(float(value))


@register.filter
def person(user: Any) -> str:
    """How a page names somebody."""
    return user.get_full_name() or user.get_username()
