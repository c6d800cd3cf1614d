"""What can happen to rounds and to answers. One function a verb."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engagement.cleaning.exam import LEAST, figures
from engagement.cleaning.models import CleaningRound, Doubt, RoundState, ThemeAnswer, is_exam
from engagement.creations.models import Creation
from engagement.daily.correcting import CannotCorrect, correct
from engagement.daily.models import CreationTheme
from engagement.themes.models import Theme
from engagement.themes.registered import TASK, head_sheet
from featurestore.heads import actions as heads
from featurestore.heads.hurrying import hurry
from featurestore.heads.models import Alias, HeadVersion, Serving
from featurestore.heads.refusals import Refused
from featurestore.heads.registering import register
from featurestore.heads.trained import Trained

log = structlog.get_logger(__name__)

GRID = 12
KEPT = 300  # doubts of a round
LONGEST = timedelta(hours=1)  # a round that takes longer was killed
OPEN = (RoundState.WAITING, RoundState.RUNNING)
QUEUE = "training"


class NotNow(Exception):
    """Why no round can begin, in a sentence."""


def ask_round(user: Any) -> CleaningRound:
    """Have a worker do a round. Raises NotNow: one is under way."""
    stale = CleaningRound.objects.filter(state__in=OPEN, asked_at__lt=timezone.now() - LONGEST)
    stale.update(state=RoundState.FAILED, ended_at=timezone.now(), why="It did not end within an hour.")
    try:
        with transaction.atomic():
            row = CleaningRound.objects.create(by=user)
    except IntegrityError as error:
        raise NotNow(_("A round is under way.")) from error
    hurry("engagement.cleaning.round", row.pk, queue=QUEUE)
    return row


def do_round(id: int) -> CleaningRound | None:
    """Do it, if nobody else does or did."""
    now = timezone.now()
    taken = CleaningRound.objects.filter(id=id, state=RoundState.WAITING)
    if not taken.update(state=RoundState.RUNNING, started_at=now):
        return None
    row = CleaningRound.objects.get(id=id)
    try:
        _do(row, now)
    except Exception as error:
        from engagement.cleaning.rounds import TooLittle

        if not isinstance(error, TooLittle):
            log.exception("cleaning.round_failed", round=id)
        row.state, row.why = RoundState.FAILED, str(error)[:300] or type(error).__name__
    else:
        row.state = RoundState.DONE
    row.ended_at = timezone.now()
    row.save()
    return row


def _do(row: CleaningRound, now: datetime) -> None:
    from engagement.cleaning import rounds  # loads the models

    made = rounds.make(now)
    row.functions, row.texts, row.learned, row.people = made.functions, made.texts, made.learned, made.people
    row.doubtful = made.wrong
    themes, truth, mine, theirs = rounds.sat(made)
    row.exam = len(truth)
    metrics: dict[str, Any] = {}
    if len(truth) >= LEAST:
        score, gain = figures(truth, mine, theirs, len(themes))
        row.macro_f1, row.gain = list(score), list(gain or ())
        metrics = {"macro_f1": score}
    _show(made.doubts[:KEPT])
    sheet = head_sheet(made.sheet)
    data = {"says": made.sheet.data, "functions": made.functions, "round": row.pk}
    parent = Serving.objects.filter(task=TASK, alias=Alias.CHAMPION).select_related("head").first()
    row.head = register(Trained(made.file, sheet, metrics, [], data, ""), parent.head if parent else None)
    row.why = _place(row, row.head)


def _place(row: CleaningRound, head: HeadVersion) -> str:
    """Beside the champion; not when the exam says that it is worse, or when there is no exam."""
    if not row.gain:
        why = f"Only {row.exam} creations of the exam were labelled by people; {LEAST} are wanted before a head serves."
    elif row.gain[2] < 0:
        why = f"On the exam it is worse than the champion: {row.gain[0]:+.3f} [{row.gain[1]:+.3f}, {row.gain[2]:+.3f}]."
    else:
        try:
            heads.deploy(head, None, f"Made by cleaning round {row.pk}.", with_mlflow=False)
        except Refused as refused:
            why = str(refused)
        else:
            return ""
    heads.hold(head, None, why)
    return why


@transaction.atomic
def _show(doubts: Sequence[tuple[Creation, str, str]]) -> None:
    """In place of those of the round before. Creations that were withdrawn meanwhile are passed over."""
    Doubt.objects.all().delete()
    left = set(Creation.objects.filter(id__in=[one.id for one, _, _ in doubts]).values_list("id", flat=True))
    Doubt.objects.bulk_create(
        [
            Doubt(creation=creation, place=place, label=label, likely=likely)
            for place, (creation, label, likely) in enumerate(doubts)
            if creation.id in left
        ]
    )


@transaction.atomic
def answer(user: Any, batch: UUID, values: Mapping[UUID, tuple[str, str]]) -> int:
    """`values`: creation -> (theme that a person gives, "" for none; what stood there). Returns how many counted: of
    creations that are gone, or themes that are not given any more, nobody can say anything."""
    live = {"", *Theme.objects.live().values_list("slug", flat=True)}
    there = {one.id: one for one in Creation.objects.select_for_update().filter(id__in=list(values))}
    counted = 0
    for id, (slug, label) in values.items():
        if id not in there or slug not in live:
            continue
        ThemeAnswer.objects.update_or_create(
            creation=there[id],
            defaults={
                "slug": slug,
                "label": label,
                "exam": is_exam(there[id]),
                "batch": batch,
                "by": user,
                "at": timezone.now(),
            },
        )
        counted += 1
        if CreationTheme.objects.filter(creation_id=id).exists():
            try:
                correct(user, there[id], slug)
            except CannotCorrect as error:  # it was learned from already; the answer counts here all the same
                log.info("cleaning.not_corrected", creation=str(id), why=str(error))
    return counted


@transaction.atomic
def undo(user: Any) -> int:
    """The last batch of this person's answers is taken back. What it corrected stands as it was then guessed."""
    last = ThemeAnswer.objects.filter(by=user).first()
    if last is None:
        return 0
    rows = list(ThemeAnswer.objects.filter(by=user, batch=last.batch).select_related("creation"))
    for row in rows:
        correction = getattr(row.creation, "theme_correction", None)
        if correction and correction.by_id == user.pk:
            try:
                correct(user, row.creation, correction.guessed)
            except CannotCorrect as error:
                log.info("cleaning.not_corrected", creation=str(row.creation_id), why=str(error))
        row.delete()
    return len(rows)
