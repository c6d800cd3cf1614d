"""What waits where nobody on shift can take it: a skill is missing, leads are away, a language that nobody reads."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from brickmod.access.models import User
from brickmod.web.metrics import Gauge
from moderation.desk.door import LEAD
from moderation.desk.markets import language_name
from moderation.intake.models import State, Submission
from moderation.queues.models import Queue
from moderation.queues.routing import primary
from moderation.shifts.live import there

BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True)
class Unserved:
    """`n` wait in `queue`. `lacks`: "skill", "lead", "language" (then `word` is its tag) or "anybody"."""

    queue: str
    n: int
    lacks: str
    word: str = ""

    @property
    def language(self) -> str:
        return language_name(self.word)


def unserved(now: datetime | None = None) -> list[Unserved]:
    """The fullest first. Nobody is barred from a language they do not read, but they should not have to guess."""
    now = now or timezone.now()
    waiting = Submission.objects.filter(state=State.QUEUED).order_by().values_list("queue", "language")
    by: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for slug, language, n in waiting.annotate(n=Count("id")):
        by[slug][primary(language)] += n
    if not by:
        return []
    people = list(User.objects.filter(pk__in=there(now)))
    leads = set(User.objects.with_perm(LEAD, backend=BACKEND).values_list("pk", flat=True)) if people else set()
    queues = {queue.slug: queue for queue in Queue.objects.filter(slug__in=list(by))}
    found = [one for slug, languages in by.items() for one in _of(slug, queues.get(slug), languages, people, leads)]
    return sorted(found, key=lambda one: (-one.n, one.queue, one.word))


def _of(
    slug: str, queue: Queue | None, languages: dict[str, int], people: list[Any], leads: set[Any]
) -> Iterable[Unserved]:
    name, whole = queue.name if queue else slug or "General", sum(languages.values())
    if not people:
        yield Unserved(name, whole, "anybody")
        return
    if queue and queue.leads:
        people = [one for one in people if one.pk in leads]
        if not people:
            yield Unserved(name, whole, "lead")
            return
    if queue and queue.skill:
        people = [one for one in people if queue.skill.lower() in {str(skill).lower() for skill in one.skills}]
        if not people:
            yield Unserved(name, whole, "skill", queue.skill)
            return
    if all(one.languages for one in people):  # who names none reads all
        read = {str(tag).lower() for one in people for tag in one.languages}
        for language, n in languages.items():
            if language not in read:
                yield Unserved(name, n, "language", language)


def read() -> Iterable[Gauge]:
    """For Prometheus: one figure for all queues, so that an alarm needs no list of them."""
    yield Gauge(
        "brickmod_queue_unserved",
        "Submissions that wait where nobody on shift can take them, or reads their language.",
        sum(one.n for one in unserved()),
    )
