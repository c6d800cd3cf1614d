"""Which calling app may do what, for DRF. Small classes, to be joined with `&`, `|` and `~`."""

from functools import cache
from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from brickmod.access.api_keys import Caller
from brickmod.access.models import ApiKey, Scope


class IsCallingApp(BasePermission):
    """An app with a valid key. A person's session is not enough: people use the pages."""

    message = "Only a calling app may do this."

    def has_permission(self, request: Request, view: Any) -> bool:
        return isinstance(request.user, Caller)


@cache
def has_scope(scope: str) -> type[BasePermission]:
    """A permission class: the app's key carries `scope`. Use: `permission_classes = [has_scope(Scope.SUBMIT)]`."""
    wanted = Scope(scope)

    class HasScope(IsCallingApp):
        message = f"This key lacks the scope {wanted.value!r}."

        def has_permission(self, request: Request, view: Any) -> bool:
            if not super().has_permission(request, view):
                return False
            return isinstance(request.auth, ApiKey) and wanted.value in request.auth.scopes

    HasScope.__name__ = HasScope.__qualname__ = f"HasScope_{wanted.value}"
    return HasScope
