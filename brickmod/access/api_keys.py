"""How a calling app proves who it is: `Authorization: Bearer bm_…`, one query a request."""

from typing import Any

import structlog
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from brickmod.access.models import ApiKey, App


class Caller:
    """What `request.user` is when an app calls: not a person, and with no right on any page."""

    is_authenticated = True
    is_anonymous = False
    is_active = True
    is_staff = False
    is_superuser = False

    def __init__(self, app: App) -> None:
        self.app = app
        self.pk = self.id = f"app:{app.pk}"

    def __str__(self) -> str:
        return self.app.slug

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return False


class KeyAuthentication(BaseAuthentication):
    """`request.user` = Caller(app), `request.auth` = the ApiKey. A wrong key is a 401 that says how to do it."""

    keyword = "Bearer"

    def authenticate_header(self, request: Request) -> str:
        return f'{self.keyword} realm="brickmod"'

    def authenticate(self, request: Request) -> tuple[Caller, ApiKey] | None:
        """None when no key was sent (the permission then answers 401). Raises AuthenticationFailed for a bad one."""
        words = get_authorization_header(request).split()
        if not words:
            return None
        if words[0].lower() != self.keyword.lower().encode() or len(words) != 2:
            raise AuthenticationFailed("Send the header 'Authorization: Bearer KEY' with one key.")
        try:
            secret = words[1].decode("ascii")
        except UnicodeDecodeError:
            raise AuthenticationFailed("No such API key.") from None
        key = self._find(secret)
        self._mark_used(key)
        structlog.contextvars.bind_contextvars(app=key.app.slug)
        return Caller(key.app), key

    @staticmethod
    def _find(secret: str) -> ApiKey:
        # Looked up by its hash, so what is compared is nothing that a caller could time its way towards. Whoever
        # holds a key that was once good may know why it is not good now.
        key = ApiKey.objects.select_related("app").filter(digest=ApiKey.digest_of(secret)).first()
        if key is None:
            raise AuthenticationFailed("No such API key.")
        if key.revoked_at is not None:
            raise AuthenticationFailed("This API key was revoked.")
        if key.expires_at is not None and key.expires_at <= timezone.now():
            raise AuthenticationFailed("This API key has expired.")
        if not key.app.active:
            raise AuthenticationFailed("This app is switched off.")
        return key

    @staticmethod
    def _mark_used(key: ApiKey) -> None:
        # A write for each request would make every reader wait for SQLite's one writer: once a day is enough.
        today = timezone.now().date()
        if key.last_used_on != today:
            ApiKey.objects.filter(pk=key.pk).exclude(last_used_on=today).update(last_used_on=today)
            key.last_used_on = today
