"""The audit trail's one way in: rows are added in the transaction of what they tell, and never changed after."""

from typing import Any

from brickmod.access.models import App, AuditEvent, User, Verb


def record(
    verb: Verb,
    kind: str,
    object_id: object = "",
    *,
    user: Any = None,
    app: App | None = None,
    old: Any = None,
    new: Any = None,
) -> AuditEvent:
    """Writes that `user` (a person) or `app` did `verb` to the object `object_id` of `kind`.

    Call it inside the transaction of the change: then both happen, or neither. Neither `user` nor `app` means that
    the house itself did it. `old` and `new` are JSON values and hold no word of a child and no secret.
    Raises ValueError for a verb that is not in the closed list.
    """
    return AuditEvent.objects.create(
        verb=Verb(verb),
        kind=kind,
        object_id=str(object_id),
        user=user if isinstance(user, User) else None,
        app=app,
        old=old,
        new=new,
    )
