"""What people do about heads beside changing who serves: settle an alert, set when a task is trained by itself."""

from typing import Any

from django.db import transaction
from django.forms.models import model_to_dict
from django.utils import timezone

from brickmod.access import audit
from brickmod.access.models import Verb
from featurestore.heads.forms import PolicyForm
from featurestore.heads.models import HeadAlert, RetrainingPolicy
from featurestore.heads.refusals import Refused


@transaction.atomic
def settle_alert(alert: HeadAlert, by: Any) -> None:
    """Somebody has looked at it, and needs not be told again. The next time it happens it is a new one."""
    mine = HeadAlert.objects.filter(id=alert.id, ended_at=None)
    if not mine.update(ended_at=timezone.now(), ended_by=by):
        raise Refused("That alert has been settled already.")
    new = {"task": alert.task, "kind": alert.kind, "version": alert.version, "settled": True}
    audit.record(Verb.ADMIN_CHANGE, "headalert", alert.pk, user=by, new=new)


@transaction.atomic
def set_policy(task: str, by: Any, **values: Any) -> RetrainingPolicy:
    """Say when a task is trained by itself. `values`: any of PolicyForm's, checked by it. The trail has old and new.

    Set without a change it still counts as looked at: a training that failed may be tried again after it.
    """
    policy = RetrainingPolicy.objects.select_for_update().filter(task=task).first()
    old = _plain(policy) if policy else None
    policy = policy or RetrainingPolicy(task=task)
    for name, value in values.items():
        setattr(policy, name, value)
    policy.full_clean()
    policy.save()
    verb = Verb.ADMIN_CHANGE if old else Verb.ADMIN_ADD
    audit.record(verb, "retrainingpolicy", policy.pk, user=by, old=old, new=_plain(policy))
    return policy


def _plain(policy: RetrainingPolicy) -> dict[str, Any]:
    values = model_to_dict(policy, fields=PolicyForm.Meta.fields)
    return {name: value if isinstance(value, bool | int | None) else str(value) for name, value in values.items()}
