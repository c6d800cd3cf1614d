"""Who a new author may have been before: looked up when a person opens the line, kept nowhere."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from brickmod.access.models import App
from moderation.authors.likeness import Likeness, Traces, compare
from moderation.authors.models import Author, Follows, Measure
from moderation.intake.models import Part, PartKind, State, Submission

NEW = timedelta(days=30)  # an author whose first upload is older is no new one
BANNED = 50  # so many of the newest bans are compared
LAST = 60  # uploads of each


@dataclass(frozen=True)
class Hint:
    author: Author
    measure: Measure
    likeness: Likeness


def hints(app: App, name: str) -> list[Hint]:
    """Bans in force in the same app that began before this author's first upload, the likest first."""
    first = Submission.objects.filter(app=app, author=name).order_by("received_at").first()
    if first is None or first.received_at < timezone.now() - NEW:
        return []
    bans = (
        Measure.objects.in_force()
        .filter(author__app=app, follows=Follows.BAN, since__lt=first.received_at)
        .exclude(author__name=name)
        .select_related("author")
        .order_by("-since")[:BANNED]
    )
    new = traces(app, name, rejected_only=False)
    found = [Hint(ban.author, ban, compare(traces(app, ban.author.name, rejected_only=True), new)) for ban in bans]
    return sorted((hint for hint in found if hint.likeness.suggests), key=lambda hint: -hint.likeness.score)


def traces(app: App, name: str, rejected_only: bool) -> Traces:
    rows = list(
        Submission.objects.filter(app=app, author=name)
        .exclude(state=State.WITHDRAWN)
        .order_by("-received_at")
        .values_list("id", "state", "received_at")[:LAST]
    )
    judged = {id for id, state, _ in rows if state == State.REJECTED or not rejected_only}
    digests, texts = set(), []
    for submission, kind, digest, text in Part.objects.filter(submission__in=[row[0] for row in rows]).values_list(
        "submission_id", "kind", "digest", "text"
    ):
        if kind == PartKind.TEXT:
            texts.append(text)
        elif digest and submission in judged:
            digests.add(digest)
    return Traces(frozenset(digests), tuple(texts), tuple(received.hour for _, _, received in rows))
