"""Who is given what waits in which queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import pgettext

from moderation.desk.door import LEAD
from moderation.intake.models import Submission
from moderation.queues.models import Queue
from moderation.queues.routing import GENERAL


@dataclass(frozen=True)
class Lane:
    """A queue as a person sees it."""

    slug: str
    name: str
    leads: bool = False


def open_to(user: Any) -> list[Lane]:
    """The queues from which this person is given something: the general one, and those that ask for no skill that they
    lack. One query."""
    has = {str(skill).lower() for skill in user.skills}
    lead = user.has_perm(LEAD)
    return [Lane(GENERAL, pgettext("a queue", "General"))] + [
        Lane(queue.slug, queue.name, queue.leads)
        for queue in Queue.objects.all()
        if (lead or not queue.leads) and (not queue.skill or queue.skill.lower() in has)
    ]


def chosen(user: Any, queue: str | None) -> list[str]:
    """The slugs to take from: `queue` alone where this person may, else all that are open to them."""
    slugs = [lane.slug for lane in open_to(user)]
    return [queue] if queue is not None and queue in slugs else slugs


def hidden_from(user: Any) -> list[str]:
    """The queues of which this person sees nothing, not even what waits there."""
    return [] if user.has_perm(LEAD) else list(Queue.objects.filter(leads=True).values_list("slug", flat=True))


def hides(user: Any, submission: Submission) -> bool:
    """Does it wait, or did it, in a queue of which this person sees nothing? No query for the general one."""
    return bool(submission.queue) and submission.queue in hidden_from(user)


def to_pass_on_to() -> Sequence[Queue]:
    return list(Queue.objects.filter(escalations=True))
