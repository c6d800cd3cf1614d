"""What people do about authors: propose a measure, agree to one or refuse it, lift it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from brickmod.access.audit import record
from brickmod.access.models import Verb
from moderation.authors.actions import author_of, begin, end, points_of, tell
from moderation.authors.models import OPEN, Author, End, Follows, Measure, MeasureState
from moderation.feedback.texts import current_policy

SEE = "authors.see"
ACT = "authors.act"


class NotDone(Exception):
    """Nothing was changed; the text says why, for a person."""


def may(user: Any, permission: str) -> None:
    if not user.is_active or not user.has_perm(permission):
        raise PermissionDenied(_("Your role does not open this."))


@transaction.atomic
def propose(
    user: Any, author: Author, follows: str, because: str, days: int | None = None, a_day: int | None = None
) -> Measure:
    """A person thinks that something should follow. All but a ban is in force at once; a ban waits for another person.

    Raises NotDone when such a measure is open already, or no reason is given.
    """
    may(user, ACT)
    follows = Follows(follows)
    if not because.strip():
        raise NotDone(_("Say why: the author may ask."))
    if follows == Follows.SLOW and not a_day:
        raise NotDone(_("Say how many uploads a day."))
    author = author_of(author.app, author.name)
    Author.objects.select_for_update().get(id=author.id)
    if Measure.objects.filter(author=author, follows=follows, state__in=OPEN).exists():
        raise NotDone(_("Such a measure is open already: %(what)s.") % {"what": follows.label})
    measure = Measure(
        author=author,
        follows=follows,
        days=days,
        a_day=a_day if follows == Follows.SLOW else None,
        points=0,  # by hand: no strike carries it, and none that is withdrawn ends it
        policy=current_policy(),
        because=because.strip()[:300],
        asked_by=user,
        state=MeasureState.PROPOSED,
    )
    if follows != Follows.BAN:
        begin(measure, timezone.now())
    measure.save(force_insert=True)
    tell(measure, {}, user)
    return measure


@transaction.atomic
def propose_same(user: Any, author: Author, ban: Measure) -> Measure:
    """A person finds that `author` is who was banned: the same ban is proposed for the same time."""
    left = max(1, (ban.until - timezone.now()).days + 1) if ban.until else None
    made = propose(user, author, Follows.BAN, "A person finds that this is an author who was banned before.", left)
    record(Verb.HINT, "author", made.author_id, user=user, new={"same_as": str(ban.author_id)})
    return made


@transaction.atomic
def agree(user: Any, measure: Measure) -> Measure:
    """A proposed measure comes in force. Raises NotDone for who proposed it, or made the last rejection under it."""
    may(user, ACT)
    row = _open(measure, MeasureState.PROPOSED)
    if row.asked_by_id == user.pk:
        raise NotDone(_("Another person has to agree: this came from a decision of yours."))
    row.agreed_by = user
    begin(row, timezone.now())
    row.save(update_fields=["agreed_by", "state", "since", "until"])
    tell(row, {"state": MeasureState.PROPOSED}, user)
    return row


@transaction.atomic
def refuse(user: Any, measure: Measure, because: str) -> None:
    """A proposed measure never comes in force."""
    may(user, ACT)
    row = _open(measure, MeasureState.PROPOSED)
    end(row, End.REFUSED, timezone.now(), by=user, because=because.strip())


@transaction.atomic
def lift(user: Any, measure: Measure, because: str, how: str = End.LIFTED) -> None:
    """A measure in force ends before its time. Raises NotDone without a reason."""
    may(user, ACT if how == End.LIFTED else "appeals.decide")
    if not because.strip():
        raise NotDone(_("Say why it is lifted."))
    row = _open(measure, MeasureState.IN_FORCE)
    end(row, how, timezone.now(), by=user, because=because.strip())


def _open(measure: Measure, state: str) -> Measure:
    row: Measure | None = (
        Measure.objects.select_for_update(of=("self",))
        .select_related("author__app")
        .filter(id=measure.id, state=state)
        .first()
    )
    if row is None:
        raise NotDone(_("It has changed since: load the page again."))
    return row


__all__ = ["ACT", "SEE", "NotDone", "agree", "lift", "points_of", "propose", "refuse"]
