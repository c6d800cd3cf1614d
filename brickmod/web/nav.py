"""What stands in the top bar, for whom."""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_


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
    yield Entry(N_("Desk"), "/desk/", "desk.decide")
    yield Entry(N_("Grid"), "/desk/grid/", "desk.decide")
    yield Entry(N_("Queue"), "/desk/queue/", "desk.see_queue")
    yield Entry(N_("Search"), "/search/", "desk.see_queue")
    yield Entry(N_("Shifts"), "/shifts/", "shifts.see")
    yield Entry(N_("Alerts"), "/alerts/", "desk.see_queue")
    yield Entry(N_("Rechecks"), "/rechecks/", "desk.decide")
    yield Entry(N_("Agreement"), "/agreement/", "desk.decide")
    yield Entry(N_("Restricted"), "/restricted/", "restricted.keep")
    yield Entry(N_("Policies"), "/policies/", "desk.see_queue")
    yield Entry(N_("Appeals"), "/appeals/", "appeals.decide")
    yield Entry(N_("Authors"), "/authors/", "authors.see")
    yield Entry(N_("Flow"), "/flow/", "prefilter.see_flow")
    yield Entry(N_("Labels"), "/labels/", "labelling.label")
    yield Entry(N_("Comments"), "/comments/", "characters.approve")
    yield Entry(N_("Engagement"), "/engagement/", "characters.approve|featurestore.see_models", ("/daily/", "/value/"))
    yield Entry(N_("Models"), "/models/", "featurestore.see_models")
    yield Entry(N_("Features"), "/features/", "featurestore.see_models")
    yield Entry(N_("Privacy"), "/privacy/", "featurestore.see_models")
    yield Entry(N_("Admin"), "/admin/", "staff")


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
    return [Shown(_(e.label), e.href, e.href == here) for e in allowed]
