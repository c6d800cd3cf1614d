"""What stands in the top bar, for whom."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from django.http import HttpRequest
from django.urls import Resolver404, resolve


class Entry(NamedTuple):
    label: str
    href: str
    permission: str  # a permission's codename (several with |: any one opens it), or "staff"
    also: tuple[str, ...] = ()  # other addresses where one is when one is there


class Shown(NamedTuple):
    label: str
    href: str
    current: bool


def _entries() -> Iterator[Entry]:
    yield Entry("Desk", "/desk/", "desk.decide")
    yield Entry("Queue", "/desk/queue/", "desk.see_queue")
    yield Entry("Search", "/search/", "desk.see_queue")
    yield Entry("Shifts", "/shifts/", "shifts.see")
    yield Entry("Alerts", "/alerts/", "desk.see_queue")
    yield Entry("Rechecks", "/rechecks/", "desk.decide")
    yield Entry("Policies", "/policies/", "desk.see_queue")
    yield Entry("Appeals", "/appeals/", "appeals.decide")
    yield Entry("Authors", "/authors/", "authors.see")
    yield Entry("Flow", "/flow/", "prefilter.see_flow")
    yield Entry("Labels", "/labels/", "labelling.label")
    yield Entry("Comments", "/comments/", "characters.approve")
    yield Entry("Engagement", "/engagement/", "characters.approve|featurestore.see_models", ("/daily/", "/value/"))
    yield Entry("Models", "/models/", "featurestore.see_models")
    yield Entry("Features", "/features/", "featurestore.see_models")
    yield Entry("Privacy", "/privacy/", "featurestore.see_models")
    yield Entry("Admin", "/admin/", "staff")


@cache
def _leads_somewhere(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def entries_for(request: HttpRequest) -> list[Shown]:
    """The entries that this person's rights open, the longest that fits the address marked as current."""
    user = request.user
    allowed = [
        entry
        for entry in _entries()
        if (user.is_staff if entry.permission == "staff" else any(map(user.has_perm, entry.permission.split("|"))))
        and _leads_somewhere(entry.href)
    ]
    here = max((e.href for e in allowed if request.path.startswith((e.href, *e.also))), key=len, default="")
    return [Shown(e.label, e.href, e.href == here) for e in allowed]
