"""Loads ten weeks of published creations, through the very actions that production uses, then turns the clock back.

Nothing here gives a theme, a like or an approval by itself: creations are published, each market's mornings are run,
people read and decide, a second one looks at a sample. Only times are moved afterwards, where an action takes no time.
Twice is fine: what an interrupted run left out is brought in.
"""

import contextlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from brickmod.access.models import App, Role, User
from brickmod.markets import zone
from engagement.characters import actions, second_look
from engagement.characters.models import Draft, DraftState, Opinion, SecondLook
from engagement.creations.actions import Conflict, Published, publish
from engagement.creations.models import Creation
from engagement.daily import actions as daily
from engagement.daily.correcting import CannotCorrect, correct
from engagement.daily.models import CreationTheme, DailyRun, Shard
from engagement.demo.children import PREFIX, Build
from moderation.intake.models import State, Submission

LEFT_OPEN = 1  # mornings whose drafts wait for whoever looks at the demo
DROPS, EDITS, CORRECTS, DIFFERS = 0.07, 0.05, 0.04, 0.06
Say = Callable[[str], None]


def load(app: App, planned: Sequence[Build], say: Say) -> int:
    """Bring all of it in, a day at a time. Returns how many creations were published."""
    now = timezone.now()
    people = [User.objects.get(username=role.value) for role in (Role.MODERATOR, Role.LEAD)]
    made = 0
    by_day: dict[int, list[Build]] = {}
    for build in planned:
        by_day.setdefault(build.ago, []).append(build)
    for ago in sorted(by_day, reverse=True):
        made += _publish(app, by_day[ago], ago, now)
        _mornings(ago, now)
        if ago > LEFT_OPEN:
            _decide(ago, people, now)
        say(f"{ago} days ago: {len(by_day[ago])} creations")
    _second_looks(people[1])
    return made


def at(ago: int, hour: float, market: str, now: datetime) -> datetime:
    """A moment `ago` days before today, in the market's own time."""
    there = ZoneInfo(zone(market))
    day = now.astimezone(there).date() - timedelta(days=ago)
    return (datetime.combine(day, time(), there) + timedelta(hours=hour)).astimezone(UTC)


def _publish(app: App, builds: Sequence[Build], ago: int, now: datetime) -> int:
    """A day whole or not at all, so that no run begins in the middle of it."""
    made = 0
    with transaction.atomic():
        for build in builds:
            sent = Published(
                build.id,
                build.author,
                build.market,
                build.language,
                title=build.title,
                text=build.text,
                hashtags=build.hashtags,
                published_at=at(build.ago, build.hour, build.market, now),
            )
            with contextlib.suppress(Conflict):  # a demo of another size was loaded before
                made += publish(app, sent)[1]
        if ago == 1:
            made += _with_pictures(now)
    return made


def _with_pictures(now: datetime) -> int:
    """What people approved at the desk, published yesterday: these have a picture."""
    made = 0
    rows = Submission.objects.filter(external_id__startswith=PREFIX, state=State.APPROVED).select_related("app")
    for n, row in enumerate(rows.order_by("external_id")):
        if row.public_state() != State.APPROVED:
            continue
        words = {part.name: part.text for part in row.parts.all()}
        sent = Published(
            f"{PREFIX}shown-{row.external_id}",
            row.author,
            row.market,
            row.language,
            submission=row.id,
            title=words.get("title", ""),
            text=words.get("text", ""),
            published_at=at(1, 9 + n / 4, row.market, now),
        )
        made += publish(row.app, sent)[1]
    return made


def _mornings(ago: int, now: datetime) -> None:
    """Run each market's morning after that day, and move it to when it would have been."""
    from engagement.daily.guessing import guess  # loads the models

    start, end = now - timedelta(days=ago + 2), now - timedelta(days=ago - 2)
    rows = Creation.objects.filter(external_id__startswith=PREFIX, published_at__gte=start, published_at__lt=end)
    for market in sorted(set(rows.order_by().values_list("market", flat=True))):
        within = (at(ago, 0, market, now), at(ago, 24, market, now))
        if not rows.filter(market=market, published_at__gte=within[0], published_at__lt=within[1]).exists():
            continue
        morning = min(now, at(ago - 1, daily.MORNING, market, now))
        run = daily.begin(at(ago, 12, market, now).astimezone(ZoneInfo(zone(market))).date(), market)
        if run.ended_at:
            continue
        shards = list(Shard.objects.filter(run=run, done_at=None).values_list("id", flat=True))
        for id in shards:
            daily.do_shard(id, guess, morning)
        daily.end(run, morning)
        ids = [id for shard in Shard.objects.filter(run=run) for id in shard.creations]
        done = morning + timedelta(seconds=20 + len(ids))
        CreationTheme.objects.filter(creation__in=ids).update(made_at=done)
        Draft.objects.filter(creation__in=ids, state=DraftState.DRAFT).update(made_at=done)
        Shard.objects.filter(run=run).update(done_at=done)
        DailyRun.objects.filter(id=run.id).update(started_at=morning, ended_at=done)
    evening = min(now, at(ago - 1, 20, "GB", now))
    while actions.give_likes(evening):
        pass


def _decide(ago: int, people: Sequence[User], now: datetime) -> None:
    """The engagers' morning: they read, correct a theme here and there, and approve or drop."""
    rows = Draft.objects.waiting().filter(
        creation__external_id__startswith=PREFIX, made_at__lt=now - timedelta(days=ago - 1, hours=-6)
    )
    for n, draft in enumerate(rows.select_related("creation", "character").order_by("made_at")):
        rng = Random(draft.creation.external_id)
        then = min(draft.made_at + timedelta(minutes=60 + n / 5), now - timedelta(minutes=1))
        person = people[0 if rng.random() < 0.8 else 1]
        try:
            if rng.random() < CORRECTS:
                correct(person, draft.creation, rng.choice(_OFTEN_MEANT), now=then)
                draft.refresh_from_db()
            if rng.random() < DROPS:
                actions.drop(person, draft, now=then)
                continue
            if rng.random() < EDITS:
                draft = actions.edit(person, draft, draft.text.rsplit(" ", 1)[0] + "!")
            actions.approve(person, draft, draft.text, now=then)
        except (actions.Gone, actions.Unkind, CannotCorrect):
            continue  # it waits, like what a real person leaves


# What people say instead, in the demo: often enough that the page of confusions has something to show.
_OFTEN_MEANT = ("castle", "city", "city", "space", "star-wars", "pirates", "")


def _second_looks(person: User) -> None:
    """The lead looks at most of what was drawn of others' decisions, and sees some of it differently."""
    rows = list(second_look.waiting_for(person))
    for row in rows[: max(0, len(rows) - 6)]:
        rng = Random(str(row.draft.creation.external_id) + "second")
        other = Opinion.DROP if row.first == Opinion.SAY else Opinion.SAY
        opinion = other if rng.random() < DIFFERS else Opinion(row.first)
        why = "It says too much for so small a build." if opinion == Opinion.DROP and opinion != row.first else ""
        second_look.look(person, row.draft_id, opinion, why, now=row.ready_at + timedelta(hours=3))
    settled = SecondLook.objects.exclude(second="").exclude(second=F("first")).filter(settled="")
    admin = User.objects.get(username=Role.ADMIN.value)
    for row in list(settled)[2:]:  # two are left for whoever looks at the demo
        second_look.settle(admin, row.draft_id, Opinion(row.second))
