"""What can happen to reasons and texts."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from brickmod.access.audit import record
from brickmod.access.models import Verb
from moderation.feedback import content, texts
from moderation.feedback.models import Policy


@transaction.atomic
def new_policy(summary: str, user: Any = None) -> Policy:
    """A new version in force, because reasons or texts changed. Call it in the transaction of the change.

    It is what makes every process read the texts anew. Two at once: the second waits (SQLite) or fails on the primary
    key and rolls its change back (PostgreSQL); a policy is never overwritten.
    """
    newest = Policy.objects.order_by("-version").values_list("version", flat=True).first()
    policy = Policy(version=(newest or 0) + 1, since=timezone.now(), summary=summary[:200], content=content.read())
    policy.save(force_insert=True)
    record(Verb.ADMIN_CHANGE, "policy", policy.version, user=user, old=newest, new=policy.version)
    # Now for what follows in this transaction, and again when it is done: another thread may have read in between.
    texts.forget()
    transaction.on_commit(texts.forget)
    return policy
