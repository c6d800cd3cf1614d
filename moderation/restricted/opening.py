"""Two people open a case together, each with their password; what they then see is noted, each time."""

from datetime import timedelta
from typing import Any

from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from brickmod.access.audit import record
from brickmod.access.models import Role, User, Verb
from moderation.restricted.actions import NotDone
from moderation.restricted.models import Case, Opening

KEEP = "restricted.keep"
TO_AGREE = timedelta(minutes=5)  # so long somebody else has to agree
OPEN_FOR = timedelta(minutes=10)


def keeps(user: Any) -> bool:
    """Was this person given the role by name? A superuser has every permission of Django's, but not this one."""
    return bool(user.is_authenticated and user.is_active and user.groups.filter(name=Role.CUSTODIAN).exists())


def custodians() -> list[User]:
    return list(User.objects.filter(is_active=True, groups__name=Role.CUSTODIAN).order_by("username"))


def ask(request: HttpRequest, case: Case, password: str, why: str) -> Opening:
    """The first of two. Raises NotDone: the password is wrong, nothing is there to open, no reason was given."""
    user = _confirmed(request, password)
    if not why.strip():
        raise NotDone("Say why it has to be opened.")
    now = timezone.now()
    with transaction.atomic():
        row = Case.objects.select_for_update(of=("self",)).get(id=case.id)
        _there(row)
        # Whatever was asked before is over: there is one asking at a time.
        Opening.objects.filter(case=row, until__gt=now, agreed_by=None).update(until=now)
        made = Opening.objects.create(case=row, why=why.strip()[:300], asked_by=user, until=now + TO_AGREE)
        record(Verb.OPEN_ASK, "restricted", row.id, user=user, new={"why": made.why})
    return made


def agree(request: HttpRequest, case: Case, password: str) -> Opening:
    """The second of two, in time. From now both may look, for OPEN_FOR. Raises NotDone."""
    user = _confirmed(request, password)
    now = timezone.now()
    with transaction.atomic():
        row = Case.objects.select_for_update(of=("self",)).get(id=case.id)
        _there(row)
        asked = Opening.objects.filter(case=row, until__gt=now, agreed_by=None).first()
        if asked is None:
            raise NotDone("Nobody asks for it now, or the time to agree is over. Ask, and let somebody else agree.")
        if asked.asked_by_id == user.pk:
            raise NotDone("You asked for it: somebody else has to agree.")
        asked.agreed_by, asked.agreed_at, asked.until = user, now, now + OPEN_FOR
        asked.save(update_fields=["agreed_by", "agreed_at", "until"])
        record(Verb.OPEN_AGREE, "restricted", row.id, user=user, new={"asked_by": asked.asked_by_id})
    return asked


def open_for(user: Any, case: Case) -> Opening | None:
    """The opening by which this person may look now, if there is one."""
    found = Opening.objects.filter(case=case, until__gt=timezone.now(), agreed_by__isnull=False)
    return next((one for one in found if user.pk in (one.asked_by_id, one.agreed_by_id)), None)


def look(user: Any, case: Case, what: str) -> None:
    """Written before anything is shown. Raises PermissionDenied unless it is open, and open for this person."""
    if not keeps(user) or (opening := open_for(user, case)) is None:
        raise PermissionDenied("This case is not open for you.")
    record(Verb.LOOK, "restricted", case.id, user=user, new={"what": what, "opening": opening.pk})


def _confirmed(request: HttpRequest, password: str) -> User:
    """The person, when the password is theirs. Wrong ones count as failed logins, and lock the account as these do."""
    user = request.user
    if not keeps(user):
        raise PermissionDenied("Your role does not open this.")
    found = authenticate(request, username=user.get_username(), password=password)
    if found is None or found.pk != user.pk:
        raise NotDone("That is not your password.")
    assert isinstance(found, User)
    return found


def _there(case: Case) -> None:
    if case.destroyed_at:
        raise NotDone("It is destroyed: there is nothing to open.")
    if case.preserved_at is None:
        raise NotDone("It is not preserved yet. Look at what the case says.")
