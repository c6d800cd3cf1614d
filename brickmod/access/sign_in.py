"""Logins, logouts and failures go into the trail, by whatever door they came.

Django itself tells of these by signals, and only so: there is no call of ours at which they could be written.
"""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from brickmod.access import audit
from brickmod.access.models import User, Verb


def logged_in(sender: Any, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    audit.record(Verb.LOGIN, "user", user.pk, user=user)


def logged_out(sender: Any, request: HttpRequest | None, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        audit.record(Verb.LOGOUT, "user", user.pk, user=user)


def login_failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    if getattr(request, "axes_locked_out", False) and request.axes_failures_since_start is None:  # type: ignore[union-attr]
        return  # the door was locked before: who knocks on does not fill the trail
    # Only names that exist are written down: people type their password into the wrong field.
    user = User.objects.filter(username=credentials.get("username") or "").first()
    audit.record(Verb.LOGIN_FAILED, "user", user.pk if user else "", new={"known": user is not None})


def connect() -> None:
    user_logged_in.connect(logged_in, dispatch_uid="brickmod.access.logged_in")
    user_logged_out.connect(logged_out, dispatch_uid="brickmod.access.logged_out")
    user_login_failed.connect(login_failed, dispatch_uid="brickmod.access.login_failed")
