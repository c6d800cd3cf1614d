"""Somebody says when a task is trained by itself."""

from typing import Any

import structlog

from featurestore.heads.models import RetrainingPolicy

log = structlog.get_logger(__name__)


def set_policy(task: str, by: Any, **values: Any) -> RetrainingPolicy:
    """`values`: any of RetrainingPolicy's. A training that failed may be tried again after it."""
    policy = RetrainingPolicy.objects.filter(task=task).first() or RetrainingPolicy(task=task)
    for name, value in values.items():
        setattr(policy, name, value)
    policy.full_clean()
    policy.save()
    said = {name: str(value) for name, value in values.items()}
    log.info("policy.set", task=task, by=by.username if by else "", **said)
    return policy
