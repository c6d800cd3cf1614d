"""What was last measured, so that a page never has to."""

from typing import Any

from django.db import models
from django.utils import timezone


class Measured(models.Model):
    """The newest measurement; means and counts, no author. One row a day is kept, for the course of it."""

    day = models.DateField(unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    data: Any = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.day)
