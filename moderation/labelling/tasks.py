"""Celery's side: questions are made ahead, and closed with the window."""

from celery import shared_task
from django.db import close_old_connections

from moderation.labelling import actions
from moderation.labelling.asking import choose as choose_for
from moderation.labelling.models import LabelTask


@shared_task(name="moderation.labelling.choose")
def choose() -> int:
    close_old_connections()
    return sum(choose_for(task) for task in LabelTask.objects.filter(on=True))


@shared_task(name="moderation.labelling.close")
def close() -> int:
    close_old_connections()
    return actions.close()
