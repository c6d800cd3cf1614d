"""What can happen to people and keys: one function, one transaction, one row in the trail."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from brickmod.access import audit
from brickmod.access.models import ApiKey, App, Role, Scope, User, Verb

GRACE = timedelta(days=7)


@transaction.atomic
def issue_key(
    app: App,
    scopes: Iterable[str] = (Scope.SUBMIT,),
    name: str = "",
    expires_at: datetime | None = None,
    by: User | None = None,
) -> tuple[ApiKey, str]:
    """A new key for `app`. The second value is the key itself: nobody can ever read it again.

    Raises ValueError for an unknown scope, for no scope, and for a date in the past.
    """
    key, secret = _make(app, scopes, name, expires_at)
    audit.record(Verb.KEY_MADE, "apikey", key.pk, user=by, new=_told(key))
    return key, secret


@transaction.atomic
def revoke_key(key: ApiKey, by: User | None = None) -> bool:
    """Ends a key at once. False when it had been revoked before."""
    if not ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return False
    key.refresh_from_db(fields=["revoked_at"])
    audit.record(Verb.KEY_REVOKED, "apikey", key.pk, user=by, new=_told(key))
    return True


@transaction.atomic
def rotate_key(key: ApiKey, grace: timedelta = GRACE, by: User | None = None) -> tuple[ApiKey, str]:
    """A successor with the same app, name and scopes. The old key works on for `grace`, or until its own end.

    Raises ValueError when the old key was revoked, has expired or is already being replaced for a time that
    has run out: a dead key has no successor.
    """
    now = timezone.now()
    # The lock keeps two people who press the button at once from making two successors of a key with one end.
    key = ApiKey.objects.select_for_update().select_related("app").get(pk=key.pk)
    if key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now):
        raise ValueError("This key no longer works, so it cannot be rotated: issue a new one.")
    if grace < timedelta(0):
        raise ValueError("The grace period cannot be negative.")
    lifetime = key.expires_at - key.created_at if key.expires_at else None
    fresh, secret = _make(key.app, key.scopes, key.name, now + lifetime if lifetime else None)
    end = now + grace
    if key.expires_at is None or key.expires_at > end:
        ApiKey.objects.filter(pk=key.pk).update(expires_at=end)
        key.expires_at = end
    audit.record(Verb.KEY_ROTATED, "apikey", key.pk, user=by, old=_told(key), new=_told(fresh))
    return fresh, secret


@transaction.atomic
def set_roles(user: User, roles: Iterable[str], by: User | None = None) -> None:
    """Gives `user` exactly these roles. Who is an admin may open the admin; nobody else may."""
    wanted = {Role(role).value for role in roles}
    old = set(user.groups.filter(name__in=Role.values).values_list("name", flat=True))
    user.groups.remove(*Group.objects.filter(name__in=old - wanted))
    user.groups.add(*Group.objects.filter(name__in=wanted - old))
    staff = Role.ADMIN.value in wanted or user.is_superuser
    if user.is_staff != staff:
        user.is_staff = staff
        user.save(update_fields=["is_staff"])
    if old != wanted:
        audit.record(Verb.ROLE, "user", user.pk, user=by, old=sorted(old), new=sorted(wanted))


def _make(app: App, scopes: Iterable[str], name: str, expires_at: datetime | None) -> tuple[ApiKey, str]:
    wanted = sorted({Scope(scope).value for scope in scopes})
    if not wanted:
        raise ValueError("A key needs at least one scope.")
    if expires_at is not None and expires_at <= timezone.now():
        raise ValueError("A key cannot end before it begins.")
    secret = ApiKey.new_secret()
    key = ApiKey.objects.create(
        app=app,
        name=name,
        start=secret[:11],
        digest=ApiKey.digest_of(secret),
        scopes=wanted,
        expires_at=expires_at,
    )
    return key, secret


def _told(key: ApiKey) -> dict[str, object]:
    return {
        "app": key.app.slug,
        "start": key.start,
        "name": key.name,
        "scopes": key.scopes,
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
    }
