"""One submission as a page shows it: everything that is computed before a template begins."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from brickmod.web.tongues import inside
from moderation.authors.history import History, Square, history
from moderation.care.comfort import muted, veil_of
from moderation.desk import why
from moderation.desk.keys import HOUSE, keys_of
from moderation.desk.lanes import to_pass_on_to
from moderation.desk.markets import language_name, market_name, zone
from moderation.desk.marks import Piece, Rect, overlay_height, pieces, rects
from moderation.desk.models import SkipWhy
from moderation.desk.notes import Note, notes
from moderation.desk.notices import Notice, notices
from moderation.feedback.models import MarketRule, Reason
from moderation.feedback.texts import feedback_for
from moderation.intake.models import Part, PartKind, Submission, TextRole
from moderation.queues.due import Rules, rules
from moderation.queues.models import WARN_MINUTES, Queue
from moderation.queues.routing import primary

_AT = re.compile(r" at (\d+(?:\.\d+)?) s$")


@dataclass(frozen=True)
class Moment:
    """A second of a video at which something was found, with its boxes."""

    seconds: float
    label: str
    rects: tuple[Rect, ...]

    @property
    def clock(self) -> str:
        return f"{int(self.seconds // 60)}:{int(self.seconds % 60):02}"


@dataclass(frozen=True)
class ShownPart:
    """A picture or video on the stage."""

    part: Part
    name: str
    preview: str
    full: str
    height: float  # of the overlay, whose width is 1000
    rects: tuple[Rect, ...]
    moments: tuple[Moment, ...]
    verdict: str  # the worst that was said of it
    veil: str  # the classes of its frame, for who looks
    mute: bool


@dataclass(frozen=True)
class ShownText:
    part: Part
    role: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Choice:
    """A reason on the desk, with what the child would read."""

    code: str
    title: str
    key: str | None
    explains: str
    feedback: str


@dataclass(frozen=True)
class Due:
    """When it should be decided, on the market's wall clock."""

    at: datetime
    since: datetime
    place: str
    now: datetime
    warn: int = WARN_MINUTES  # it is due soon in the last so many minutes

    @property
    def total(self) -> int:
        return max(1, int((self.at - self.since).total_seconds()))

    @property
    def left(self) -> int:
        """Seconds; negative when it is late."""
        return int((self.at - self.now).total_seconds())

    @property
    def wall(self) -> str:
        """The time there. A template's date filter would turn it into ours."""
        return f"{self.at:%H:%M}"

    @property
    def bar(self) -> int:
        return max(0, min(self.total, self.left))

    @property
    def state(self) -> str:
        return "late" if self.left < 0 else "soon" if self.left < self.warn * 60 else "fine"

    @property
    def clock(self) -> str:
        """ "9:18 left", "3:05 late", "2 h 10 late"."""
        seconds = abs(self.left)
        hours, minutes = seconds // 3600, seconds % 3600 // 60
        figure = f"{hours} h {minutes:02}" if hours else f"{minutes}:{seconds % 60:02}"
        says = _("%(time)s late") if self.left < 0 else _("%(time)s left")
        return says % {"time": figure}


@dataclass(frozen=True)
class Past:
    """One square of the author's line, in words."""

    shape: str
    says: str


@dataclass(frozen=True)
class Shown:
    submission: Submission
    parts: tuple[ShownPart, ...]
    title: ShownText | None
    texts: tuple[ShownText, ...]
    why: tuple[why.Line, ...]
    scores: tuple[tuple[str, Any], ...]
    choices: tuple[Choice, ...]
    suspected: str | None
    history: History
    past: tuple[Past, ...]
    last_rejected: str
    due: Due | None
    language: str
    market: str
    found: bool  # did a detector find something? Then one press does not approve
    notes: tuple[Note, ...]
    notices: tuple[Notice, ...]
    keys: Mapping[str, str]
    lanes: tuple[Queue, ...]  # where it can be passed on to
    skips: tuple[tuple[str, str], ...]
    passing: UUID  # the receipt that passing it on will have
    reads: bool  # does this person read its language?
    decision: UUID  # the id that a decision made from this page will have
    shown_at: datetime

    @property
    def id(self) -> UUID:
        return self.submission.id

    @property
    def veiled(self) -> bool:
        return any(shown.veil for shown in self.parts)

    @property
    def rows(self) -> list[tuple[UUID, str]]:
        """Every part with its name, for what is said of each."""
        texts = [(text.part.id, why.part_name(text.part)) for text in self.texts_with_title]
        return texts + [(shown.part.id, shown.name) for shown in self.parts]

    @property
    def texts_with_title(self) -> tuple[ShownText, ...]:
        return ((self.title,) if self.title else ()) + self.texts


def show(submission: Submission, user: Any, choose: bool = True) -> Shown:
    """Everything of a submission from `DeskQuerySet.whole`. Without `choose` nothing can be decided: no reasons."""
    now = timezone.now()
    parts = sorted(submission.parts.all(), key=lambda part: (part.kind == PartKind.VIDEO, part.position))
    seen = [part for part in parts if part.kind != PartKind.TEXT]
    texts = {part.role: _text(part) for part in parts if part.kind == PartKind.TEXT}
    reasons = list(Reason.objects.all())
    titles = {reason.code: reason.name for reason in reasons}
    choices = _choices(submission, reasons) if choose else ()
    before = history(submission)
    mine = {str(tag).lower() for tag in user.languages}
    return Shown(
        submission=submission,
        parts=tuple(_part(part, seen, veil_of(user, part, submission), muted(user)) for part in seen),
        title=texts.pop(TextRole.TITLE, None),
        texts=tuple(texts[role] for role in (TextRole.TEXT, TextRole.HASHTAGS) if role in texts),
        why=tuple(why.lines(parts, submission.priority)),
        scores=tuple((why.part_name(part), found) for part in parts for found in part.findings.all()),
        choices=choices,
        suspected=why.suspected(parts, [choice.code for choice in choices]),
        history=before,
        past=tuple(Past(square.shape, _told(square, titles, now)) for square in before.squares),
        last_rejected=_told(before.last_rejection, titles, now) if before.last_rejection else "",
        due=due_of(submission, now, rules()),
        language=language_name(submission.language),
        market=market_name(submission.market),
        found=choose and any(f.verdict in {"flag", "reject"} for part in parts for f in part.findings.all()),
        notes=tuple(notes(submission)),
        notices=tuple(notices(submission)),
        keys=keys_of(user) if choose else {action: key for action, (key, _) in HOUSE.items()},
        lanes=tuple(to_pass_on_to()) if choose else (),
        skips=tuple((value, str(label)) for value, label in SkipWhy.choices),
        passing=uuid4(),
        reads=not texts_need_reading(parts) or not mine or primary(submission.language) in mine,
        decision=uuid4(),
        shown_at=now,
    )


def texts_need_reading(parts: Sequence[Part]) -> bool:
    return any(part.kind == PartKind.TEXT for part in parts)


def _told(square: Square, titles: Mapping[str, str], now: datetime) -> str:
    """ "rejected (bad picture) 2 weeks ago" """
    why_ = ", ".join(inside(titles.get(code, code)) for code in square.codes)
    ago = timesince(square.at, now, depth=1).replace("\xa0", " ")
    what = f"{square.word}{f' ({why_})' if why_ else ''}"
    return _("%(what)s %(time)s ago") % {"what": what, "time": ago}


def _choices(submission: Submission, reasons: Iterable[Reason]) -> tuple[Choice, ...]:
    here = {rule.reason_id: rule for rule in MarketRule.objects.filter(market=submission.market)}
    return tuple(
        Choice(
            reason.code,
            reason.name,
            reason.key,
            (here[reason.code].explains if reason.code in here else "") or reason.explains,
            feedback_for([reason.code], submission.language, submission.market),
        )
        for reason in reasons
        if not reason.retired and (reason.code not in here or here[reason.code].offered)
    )


def due_of(submission: Submission, now: datetime, rules: Rules) -> Due | None:
    if submission.review_due_at is None:
        return None
    clock = zone(submission.market)
    place = clock.key.rsplit("/", 1)[-1].replace("_", " ")
    return Due(
        submission.review_due_at.astimezone(clock),
        submission.received_at.astimezone(clock),
        place,
        now,
        rules.of(submission.app, submission.market).warn,
    )


def _text(part: Part) -> ShownText:
    spans = [e for f in part.findings.all() if f.verdict in {"flag", "reject"} for e in f.evidence]
    return ShownText(part, part.role, tuple(pieces(part.text, spans)))


def _part(part: Part, among: Sequence[Part], veil: str, mute: bool) -> ShownPart:
    findings = list(part.findings.all())
    marked = [(f, rects(f.evidence, f.verdict, part.width, part.height)) for f in findings if f.verdict != "pass"]
    boxes = tuple(box for _, found in marked for box in found)
    name = _("Video %(n)d of %(all)d") if part.kind == PartKind.VIDEO else _("Picture %(n)d of %(all)d")
    return ShownPart(
        part=part,
        name=name % {"n": among.index(part) + 1, "all": len(among)},
        preview=reverse("part-file", args=[part.id, "preview"]),
        full=reverse("part-file", args=[part.id, "full"]),
        height=overlay_height(part.width, part.height),
        rects=boxes if part.kind == PartKind.IMAGE else (),
        moments=_moments(boxes) if part.kind == PartKind.VIDEO else (),
        verdict=min((f.verdict for f in findings), key=why.ORDER.__getitem__, default="pass"),
        veil=veil,
        mute=mute,
    )


def _moments(boxes: Sequence[Rect]) -> tuple[Moment, ...]:
    """A video's boxes say in their label at which second they are: "face at 3.2 s"."""
    by_second: dict[float, list[Rect]] = {}
    for box in boxes:
        if match := _AT.search(box.label):
            by_second.setdefault(float(match[1]), []).append(box)
    return tuple(
        Moment(second, _AT.sub("", found[0].label), tuple(found)) for second, found in sorted(by_second.items())
    )
