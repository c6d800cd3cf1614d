"""What an app tells of its published creations: here is one, and: it is gone."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from brickmod.access.models import App
from brickmod.outbox.actions import forget as forget_events
from engagement.creations.models import Creation
from moderation.intake.models import State, Submission


class Conflict(Exception):
    """The same external id came with other content."""


class NotPublic(Exception):
    """The submission that it names may not be shown: nobody approved it, or the answer can still be undone."""


class NoSuchSubmission(Exception):
    """This app has no submission of that id."""


@dataclass(frozen=True)
class Published:
    """What an app reports, its fields checked. Either `submission` or `image_url` or neither (a text alone)."""

    external_id: str
    author: str
    market: str
    language: str
    submission: UUID | None = None
    image_url: str = ""
    title: str = ""
    text: str = ""
    hashtags: Sequence[str] = ()
    published_at: datetime | None = None

    def digest(self) -> str:
        """Of all that was sent, its time apart: an app that repeats itself may have read another clock."""
        said = [self.author, self.market, self.language, str(self.submission or ""), self.image_url]
        said += [self.title, self.text, *self.hashtags]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def publish(app: App, sent: Published) -> tuple[Creation, bool]:
    """Take a creation in. (creation, True), or the first one of this external id and False.

    Raises Conflict, NotPublic and NoSuchSubmission. What nobody approved is never taken for published here, whatever
    an app says: likes and comments must not lead children to it.
    """
    digest = sent.digest()
    if there := _first(app, sent.external_id, digest):
        return there, False
    try:
        with transaction.atomic():
            if sent.submission is not None:
                _approved(app, sent.submission)
            creation = Creation.objects.create(
                app=app,
                external_id=sent.external_id,
                content_digest=digest,
                submission_id=sent.submission,
                image_url=sent.image_url,
                title=sent.title,
                text=sent.text,
                hashtags=list(sent.hashtags),
                market=sent.market,
                language=sent.language,
                author=sent.author,
                published_at=sent.published_at or timezone.now(),
            )
    except IntegrityError:
        # Somebody sent the same id at the same moment and was first.
        there = _first(app, sent.external_id, digest)
        if there is None:
            raise
        return there, False
    return creation, True


def withdraw(creation: Creation) -> None:
    """Delete it with its likes and drafts, and what the outbox tells of it. Twice is fine."""
    with transaction.atomic():
        forget_events(creation.id)
        Creation.objects.filter(id=creation.id).delete()


def forget_submission(submission: Submission) -> dict[str, int]:
    """A submission is erased: what was published of it goes too (in the erasing transaction)."""
    creations = list(Creation.objects.filter(submission=submission))
    for creation in creations:
        withdraw(creation)
    return {"creations": len(creations)}


def _approved(app: App, id: UUID) -> None:
    # Locked: between this look and our row nobody takes the approval back.
    row: Any = Submission.objects.select_for_update().filter(app=app, id=id).exclude(state=State.WITHDRAWN).first()
    if row is None:
        raise NoSuchSubmission(str(id))
    if row.public_state() != State.APPROVED:
        raise NotPublic(row.public_state())


def _first(app: App, external_id: str, digest: str) -> Creation | None:
    there = Creation.objects.filter(app=app, external_id=external_id).first()
    if there is not None and there.content_digest != digest:
        raise Conflict(external_id)
    return there
