"""What comes in by the one door, and how it is erased."""

import hashlib
import json
import threading
import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import BinaryIO

import structlog
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import IntegrityError, transaction
from django.db.models import Count
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from brickmod.access.audit import record
from brickmod.access.models import App, User, Verb
from brickmod.celery import app as celery
from brickmod.outbox.actions import forget as forget_events
from brickmod.web.metrics import SUBMISSIONS
from moderation.intake.bad_file import BadFile
from moderation.intake.guards import ask_guards
from moderation.intake.models import MOVES, ErasureReceipt, Part, PartKind, State, Submission, TextRole
from moderation.intake.pictures import clean_picture
from moderation.intake.videos import clean_video

log = structlog.get_logger(__name__)

# Decoded, a picture may take 150 MB, and its decoder keeps other threads of the process waiting: however many uploads
# come at once, the desk's requests find room between them.
_decoding = threading.BoundedSemaphore(2)


class Conflict(Exception):
    """The same external id came with different content."""


class Held(Exception):
    """It is not erased: a legal hold obliges the house to keep it for now."""


class BadPart(Exception):
    """A file cannot be taken. `field` is where it came in ("images.0"), `status` 400, 413 or 415."""

    def __init__(self, field: str, cause: BadFile) -> None:
        super().__init__(cause.detail)
        self.field, self.status, self.detail = field, cause.status, cause.detail


@dataclass(frozen=True)
class Upload:
    """What an app sends: fields already checked, files not yet."""

    external_id: str
    author: str
    market: str
    language: str
    app_version: str = ""
    title: str = ""
    text: str = ""
    hashtags: Sequence[str] = ()
    images: Sequence[BinaryIO] = field(default_factory=list)
    videos: Sequence[BinaryIO] = field(default_factory=list)

    def digest(self) -> str:
        """Of everything that was sent: the same external id with the same digest is the same submission."""
        said = [self.author, self.market, self.language, self.app_version, self.title, self.text, list(self.hashtags)]
        whole = hashlib.sha256(json.dumps(said, ensure_ascii=True).encode())
        for file in (*self.images, *self.videos):
            whole.update(file_digest(file).encode())
        return whole.hexdigest()


def file_digest(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    return digest


def submit(app: App, upload: Upload, audit: bool = False) -> tuple[Submission, bool]:
    """Take an upload in. Returns (submission, True), or the first one with this external id and False.

    Files are checked, cleaned and stored first; then one transaction writes submission and parts, so that no row is
    without its file. What was stored for a submission that then failed is taken away again.
    Raises Conflict (other content under the same id), BadPart, and TurnedAway (this author may not send now).
    """
    digest = upload.digest()
    if there := _first(app, upload.external_id, digest):
        return there, False
    ask_guards(app, upload.author, upload.market, upload.language)
    submission = Submission(
        app=app,
        external_id=upload.external_id,
        content_digest=digest,
        author=upload.author,
        market=upload.market,
        language=upload.language,
        app_version=upload.app_version,
        audit=audit,
    )
    parts: list[Part] = []
    try:
        parts += _texts(submission, upload)
        for n, file in enumerate(upload.images):
            parts.append(_picture(submission, n, file))
        for n, file in enumerate(upload.videos):
            parts.append(_video(submission, n, file))
        with transaction.atomic():
            submission.save(force_insert=True)
            Part.objects.bulk_create(parts)
            transaction.on_commit(lambda: announce(submission.id))
    except IntegrityError:
        # Somebody sent the same id at the same moment and was first.
        _remove_files(parts)
        there = _first(app, upload.external_id, digest)
        if there is None:
            raise
        return there, False
    except BaseException:
        _remove_files(parts)
        raise
    SUBMISSIONS.labels(status=State.ANALYSING).inc()
    return submission, True


def announce(id: uuid.UUID) -> None:
    """Tell the workers. If the broker is away nothing is lost: the sweep announces what is due."""
    try:
        celery.send_task("moderation.prefilter.look", [str(id)], queue="prefilter")
    except (OperationalError, RedisError, OSError) as error:
        log.warning("intake.not_announced", submission=str(id), error=type(error).__name__)


def erase(submission: Submission, by: User | None = None) -> ErasureReceipt | None:
    """Remove a submission and all that leads to it: files, findings, links and the features behind them, events.

    1. It is withdrawn, so that no worker and no desk can still move it; features and events go, and a receipt is made
    out. 2. The files go. 3. The row goes, with all that hangs on it: its name in the audit trail too. A crash between
    leaves it withdrawn; the sweep ends what began. 4. What files still hold of deleted rows is scrubbed (tasks.scrub).
    None: it was erased already, by somebody who has the receipt. Raises Held: nothing was erased.
    """
    from moderation.intake.erasing import before_erasure

    receipt = None
    with transaction.atomic():
        # Locked first: a state that somebody moves back between two of these tries would be missed by all of them.
        if any(Submission.objects.select_for_update().filter(id=submission.id).values_list("held", flat=True)):
            raise Held(str(submission.id))
        moved = any(
            Submission.objects.move(submission.id, old, State.WITHDRAWN)
            for old, followers in MOVES.items()
            if State.WITHDRAWN in followers
        )
        if moved:
            parts = list(submission.parts.annotate(found=Count("findings")))
            counts = {
                "parts": len(parts),
                "files": sum(bool(part.file) + bool(part.preview) for part in parts),
                "findings": sum(part.found for part in parts),
                **before_erasure(submission),
                "events": forget_events(submission.id),
            }
            receipt = ErasureReceipt.objects.create(app=submission.app, counts=counts)
            record(Verb.ERASE, "receipt", receipt.id, app=None if by else submission.app, user=by)
    finish_erasure(submission)
    if receipt:
        transaction.on_commit(ask_to_scrub)
    return receipt


def ask_to_scrub() -> None:
    """Scrub soon. If the broker is away, the schedule comes by within a minute."""
    try:
        celery.send_task("moderation.intake.scrub", expires=60)
    except (OperationalError, RedisError, OSError) as error:
        log.warning("intake.scrub_not_announced", error=type(error).__name__)


def finish_erasure(submission: Submission) -> None:
    """Steps 2 and 3 of `erase`; safe to do again. What is held stays."""
    gone = Submission.objects.filter(id=submission.id, state=State.WITHDRAWN, held=False)
    if gone.exists():
        _remove_files(list(submission.parts.all()))
    gone.delete()


def _first(app: App, external_id: str, digest: str) -> Submission | None:
    there = Submission.objects.filter(app=app, external_id=external_id).first()
    if there is not None and there.content_digest != digest:
        raise Conflict(external_id)
    return there


def _texts(submission: Submission, upload: Upload) -> list[Part]:
    texts = {
        TextRole.TITLE: upload.title,
        TextRole.TEXT: upload.text,
        TextRole.HASHTAGS: " ".join(f"#{tag.lstrip('#')}" for tag in upload.hashtags),
    }
    return [
        Part(
            submission=submission,
            kind=PartKind.TEXT,
            position=n,
            role=role,
            text=text,
            digest=hashlib.sha256(text.encode()).hexdigest(),
        )
        for n, (role, text) in enumerate(texts.items())
        if text.strip()
    ]


def _picture(submission: Submission, n: int, file: BinaryIO) -> Part:
    try:
        with _decoding:
            clean = clean_picture(file, settings.MAX_PICTURE_BYTES, settings.MAX_PIXELS)
    except BadFile as error:
        raise BadPart(f"images.{n}", error) from error
    part = Part(
        submission=submission,
        kind=PartKind.IMAGE,
        position=n,
        width=clean.width,
        height=clean.height,
        had_gps=clean.had_gps,
        digest=file_digest(file),
    )
    part.file.save(f"picture.{clean.suffix}", ContentFile(clean.data), save=False)
    part.preview.save("preview.jpg", ContentFile(clean.preview), save=False)
    return part


def _video(submission: Submission, n: int, file: BinaryIO) -> Part:
    try:
        clean = clean_video(file, settings.MAX_VIDEO_BYTES)
    except BadFile as error:
        raise BadPart(f"videos.{n}", error) from error
    part = Part(
        submission=submission,
        kind=PartKind.VIDEO,
        position=n,
        width=clean.width,
        height=clean.height,
        seconds=clean.seconds,
        digest=file_digest(file),
    )
    try:
        with closing(clean.path.open("rb")) as cleaned:
            part.file.save(f"video.{clean.suffix}", File(cleaned), save=False)
    finally:
        clean.path.unlink(missing_ok=True)
    part.preview.save("preview.jpg", ContentFile(clean.preview), save=False)
    return part


def _remove_files(parts: Sequence[Part]) -> None:
    for part in parts:
        for stored in (part.file, part.preview):
            if stored.name:
                stored.storage.delete(stored.name)
