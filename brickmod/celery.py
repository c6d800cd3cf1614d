"""Celery only hurries: what is to be done stands in the database, and a sweep sends it again."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brickmod.settings")

app = Celery("brickmod")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
