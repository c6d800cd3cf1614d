"""Begins runs, does their shards, ends them. Everything may be done twice, and stops anywhere without harm.

A creation has one theme, one draft and at most one like of a character because the database says so; a shard that is
done again finds what is there and goes on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from brickmod.markets import zone
from engagement.characters.actions import keep, plan_likes, written
from engagement.characters.holding_out import held_out
from engagement.characters.models import Character, Draft, DraftState, OptOut
from engagement.creations.models import Creation
from engagement.daily.choosing import who_would_speak
from engagement.daily.models import CreationTheme, DailyRun, RunState, Shard
from engagement.themes.models import Theme

log = structlog.get_logger(__name__)

AFTERNOON = 14
MORNING = 6  # the hour at which a market's run begins, in its own time
SIZE = 100  # creations of a shard: some seconds of work
LEASE = timedelta(minutes=3)
LATE = timedelta(days=2)
TRIES = 3  # a shard that fails so often is set aside, or it would hold up the others for ever


@dataclass(frozen=True)
class Guess:
    """`slug` "" is no theme. `chance`: calibrated probability of the likeliest. `version`: of what guessed."""

    slug: str
    name: str
    chance: float
    version: str


Guesser = Callable[[Sequence[Creation]], list[Guess]]


def due(now: datetime) -> list[tuple[date, str]]:
    """(day, market) of the runs that should have begun: it is past MORNING there, and something was published there on
    the day before, which no run has taken yet."""
    since = now - timedelta(days=2)
    markets = Creation.objects.filter(published_at__gte=since).order_by().values_list("market", flat=True).distinct()
    wanted = []
    for market in sorted(markets):
        there = now.astimezone(ZoneInfo(zone(market)))
        if there.hour < MORNING:
            continue
        day = there.date() - timedelta(days=1)
        if not DailyRun.objects.filter(day=day, market=market).exists() and _published(day, market, LATE).exists():
            wanted.append((day, market))
    return wanted


def begin(day: date, market: str) -> DailyRun:
    """The run of a day and market; begun by whoever is first, with its shards, in one transaction."""
    with transaction.atomic():
        run, new = DailyRun.objects.get_or_create(day=day, market=market)
        if new:
            # What was reported late, after its own day's run, is taken along.
            open_ = _published(day, market, LATE).filter(theme=None)
            ids = [str(id) for id in open_.order_by("id").values_list("id", flat=True)]
            Shard.objects.bulk_create(
                [
                    Shard(run=run, number=n, creations=ids[at : at + SIZE])
                    for n, at in enumerate(range(0, len(ids), SIZE))
                ]
            )
            DailyRun.objects.filter(id=run.id).update(creations=len(ids))
            run.creations = len(ids)
    return run


def open_shards(now: datetime | None = None, run: DailyRun | None = None) -> list[int]:
    """Shards that nobody works on."""
    free = Q(leased_until=None) | Q(leased_until__lt=now or timezone.now())
    rows = Shard.objects.filter(free, done_at=None, run__state=RunState.RUNNING)
    rows = rows.filter(run=run) if run else rows
    return list(rows.order_by("run__day", "id").values_list("id", flat=True))


def do_shard(id: int, guess: Guesser, now: datetime | None = None, beside: Callable[[], object] | None = None) -> bool:
    """Work on a shard, if nobody else does. False: somebody does, or it is done. `beside` is called when all is done
    and written, and whatever becomes of it changes nothing.

    1. A conditional update takes the lease. 2. Themes are guessed for creations that have none; then drafts are written
    for those without. 3. The shard is marked done, and the run ended with its last one.
    """
    now = now or timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    if not Shard.objects.filter(free, id=id, done_at=None).update(leased_until=now + LEASE, tries=F("tries") + 1):
        return False
    shard = Shard.objects.select_related("run").get(id=id)
    ids = [UUID(one) for one in shard.creations]
    rows = list(Creation.objects.filter(id__in=ids).select_related("submission", "app").order_by("id"))
    counts = {"gone": len(ids) - len(rows)}
    if shard.tries > TRIES:
        log.error("daily.shard_set_aside", shard=id, run=str(shard.run))
        counts["failed"] = len(rows)
    else:
        try:
            counts |= _themes(rows, guess)
            counts["drafts"] = _drafts(rows)
        except Exception:
            # Somebody may try again at once; a process that is killed here leaves its lease to run out.
            Shard.objects.filter(id=id, done_at=None).update(leased_until=None)
            raise
    Shard.objects.filter(id=id, done_at=None).update(done_at=timezone.now(), leased_until=None, counts=counts)
    end(shard.run, now)
    if beside:
        try:
            beside()
        except Exception:
            log.exception("daily.challengers_failed", shard=id)
    return True


def end(run: DailyRun, now: datetime | None = None) -> bool:
    """Plan the likes and close the run, when its last shard is done. Likes are planned for all of a market together:
    who gets one is a matter of fairness between them."""
    now = now or timezone.now()
    if run.shards.filter(done_at=None).exists():
        return False
    with transaction.atomic():
        # Locked: of two last shards one ends the run.
        row = DailyRun.objects.select_for_update().get(id=run.id)
        if row.state == RunState.DONE:
            return False
        rows: list[Creation] = []
        themes: dict[UUID, str] = {}
        for shard in row.shards.all():
            rows += Creation.objects.filter(id__in=shard.creations)
            themes |= dict(CreationTheme.objects.filter(creation__in=shard.creations).values_list("creation", "slug"))
        there = now.astimezone(ZoneInfo(zone(row.market)))
        # A run that was caught up in the afternoon: characters are about to sleep, so they like tomorrow.
        day = there.date() + timedelta(days=there.hour >= AFTERNOON)
        wanted = [one for one in rows if not held_out(one.app_id, one.author)]
        row.likes = plan_likes(day, wanted, themes, now)
        row.state, row.ended_at = RunState.DONE, timezone.now()
        row.save(update_fields=["likes", "state", "ended_at"])
    log.info("daily.done", run=str(row), creations=row.creations, likes=row.likes)
    return True


def _published(day: date, market: str, before: timedelta = timedelta()) -> QuerySet[Creation]:
    """What was published on a market's day, and up to so long before."""
    start = datetime.combine(day, time(), ZoneInfo(zone(market))) - before
    until = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone(market)))
    return Creation.objects.filter(market=market, published_at__gte=start, published_at__lt=until)


def _themes(rows: list[Creation], guess: Guesser) -> dict[str, int]:
    there = set(CreationTheme.objects.filter(creation__in=rows).values_list("creation", flat=True))
    wanted = [row for row in rows if row.id not in there]
    guesses = guess(wanted) if wanted else []
    with transaction.atomic():
        # A creation that was withdrawn meanwhile gets nothing: its row is gone, and ours may not refer to it.
        left = set(Creation.objects.filter(id__in=[row.id for row in wanted]).values_list("id", flat=True))
        CreationTheme.objects.bulk_create(
            [
                CreationTheme(creation=row, slug=one.slug, name=one.name, chance=one.chance, version=one.version)
                for row, one in zip(wanted, guesses, strict=True)
                if row.id in left
            ],
            ignore_conflicts=True,
        )
    slugs = list(CreationTheme.objects.filter(creation__in=rows).values_list("slug", flat=True))
    return {"themed": sum(bool(slug) for slug in slugs), "without": sum(not slug for slug in slugs)}


def _drafts(rows: list[Creation]) -> int:
    refused = set(OptOut.objects.values_list("app_id", "author"))
    drafted = set(
        Draft.objects.filter(creation__in=rows).exclude(state=DraftState.DROPPED).values_list("creation", flat=True)
    )
    themes = {row.creation_id: row for row in CreationTheme.objects.filter(creation__in=rows)}
    characters = list(Character.objects.filter(active=True).order_by("slug"))
    # A group of themes is no name that one would say to a child.
    live = set(Theme.objects.live().values_list("slug", flat=True))
    drafts = []
    for row in rows:
        if row.id in drafted or (row.app_id, row.author) in refused or held_out(row.app_id, row.author):
            continue
        theme = themes.get(row.id)
        slug, name = (theme.slug, theme.name) if theme else ("", "")
        character = who_would_speak(row.id, slug, row.language, characters)
        if character is None:
            continue
        text, tried = written(row, character, name if slug in live else "")
        drafts.append(
            Draft(creation=row, character=character, language=row.language, theme=slug, text=text, tried=tried)
        )
    return keep(drafts)
