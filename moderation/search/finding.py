"""From what is asked to the rows, the newest first. Nothing is counted, and nothing is skipped over: a page begins
behind the last row of the page before."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Value

from brickmod.access.models import App
from moderation.desk.lanes import hidden_from
from moderation.desk.queue import counted
from moderation.intake.models import Part, State, Submission
from moderation.prefilter.models import Finding
from moderation.search.asked import Cursor
from moderation.search.reasons import HasReason
from moderation.search.text_index import FEW, having

PAGE = 50
ORDER = ("-received_at", "id")


def open_to(user: Any) -> QuerySet[Submission]:
    """What this person may find: nothing that is withdrawn, and nothing of a queue that is hidden from them."""
    hidden = hidden_from(user)
    rows = Submission.objects.exclude(state=State.WITHDRAWN)
    return rows.exclude(queue__in=hidden) if hidden else rows


def asked_for(rows: QuerySet[Submission], said: Mapping[str, Any]) -> QuerySet[Submission]:
    """`rows` that fit the cleaned fields of the form."""
    apps = App.objects.filter(slug=said["app"]) if said["app"] else App.objects.all()
    # Ids rather than a join, and for all apps too: that is what the indexes over (app, ...) can use.
    ids = list(apps.values_list("id", flat=True)) if said["app"] or said["id"] or said["author"] else []
    if said["app"]:
        rows = rows.filter(app_id=ids[0])
    if said["id"]:
        rows = rows.filter(_id(said["id"], ids))
    if said["author"]:
        rows = rows.filter(app_id__in=ids, author=said["author"])
    for name, field in (("state", "state"), ("by", "decided_by"), ("market", "market")):
        if said[name]:
            rows = rows.filter(**{field: said[name]})
    if said["language"]:
        tag = said["language"]
        rows = rows.filter(Q(language__iexact=tag) | Q(language__istartswith=f"{tag}-"))
    if said["since"]:
        rows = rows.filter(received_at__gte=said["since"])
    if said["until"]:
        rows = rows.filter(received_at__lt=said["until"])
    if said["reason"]:
        has = HasReason(Value(said["reason"]))
        rows = rows.filter(_few(Submission.objects.filter(has).values_list("id", flat=True), has))
    if found := _found(said):
        such = Finding.objects.filter(**found).order_by()
        here = Exists(such.filter(part__submission=OuterRef("pk")))
        rows = rows.filter(_few(such.values_list("part__submission_id", flat=True), here))
    if said["words"]:
        rows = rows.filter(having(said["words"]))
    return rows


def page(user: Any, said: Mapping[str, Any], after: Cursor | None = None, size: int = PAGE) -> list[Submission]:
    """At most `size` + 1 rows with all that a row of the page shows, in as many queries however many rows."""
    rows = asked_for(open_to(user), said)
    if after:
        # The first condition repeats what the second implies: it is what the index can use.
        rows = rows.filter(received_at__lte=after.at).filter(Q(received_at__lt=after.at) | Q(id__gt=after.id))
    return list(whole(rows.order_by(*ORDER)[: size + 1]))


def these(user: Any, said: Mapping[str, Any], ids: Sequence[UUID]) -> dict[UUID, Submission]:
    """Those of `ids` that this person may find and that fit."""
    return {row.id: row for row in whole(asked_for(open_to(user).filter(id__in=ids), said))}


def whole(rows: QuerySet[Submission]) -> QuerySet[Submission]:
    return rows.select_related("app").prefetch_related(
        Prefetch("parts", Part.objects.only("id", "submission_id", "kind", "position", "role", "text", "preview")),
        Prefetch("parts__findings", counted().exclude(verdict="pass")),
    )


def _few(ids: Any, otherwise: Any) -> Any:
    """Where few submissions are meant they are named; else each row is asked. See text_index.having."""
    found = set(ids[: FEW + 1])
    return Q(id__in=found) if len(found) <= FEW else otherwise


def _id(text: str, apps: list[int]) -> Q:
    theirs = Q(app_id__in=apps, external_id=text)
    try:
        return theirs | Q(id=UUID(text))
    except ValueError:
        return theirs


def _found(said: Mapping[str, Any]) -> dict[str, Any]:
    fields = {"detector": said["detector"], "verdict": said["verdict"], "reason": said["suspected"]}
    found: dict[str, Any] = {name: value for name, value in fields.items() if value}
    if found and "verdict" not in found and "reason" in found:
        found["verdict__in"] = ["reject", "flag"]  # to suspect is to say one of these
    return found
