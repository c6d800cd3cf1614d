"""How pictures look, in 64 bits each, and searches that people keep."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from moderation.intake.models import Part


class Look(models.Model):
    """How a picture looks (moderation/search/looks.py), in four bands of 16 bits, each with an index. Without any: a
    picture of one colour, which would look like every other, or one that cannot be read."""

    part = models.OneToOneField(Part, on_delete=models.CASCADE, related_name="look", primary_key=True)
    a = models.IntegerField(null=True, db_index=True)
    b = models.IntegerField(null=True, db_index=True)
    c = models.IntegerField(null=True, db_index=True)
    d = models.IntegerField(null=True, db_index=True)

    @property
    def bits(self) -> int | None:
        if self.a is None or self.b is None or self.c is None or self.d is None:
            return None
        return self.a << 48 | self.b << 32 | self.c << 16 | self.d


class Looked(models.Model):
    """Up to which upload looks have been taken. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    until = models.DateTimeField()


class SavedView(models.Model):
    """A search with a name: its address. Its owner's alone, or, when a lead shares it, everybody's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="search_views")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000)
    shared = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "name"], name="one_view_a_name")]

    def __str__(self) -> str:
        return self.name


def views_of(user: Any) -> models.QuerySet[SavedView]:
    """What this person sees: their own, and what leads share."""
    return SavedView.objects.filter(Q(owner=user) | Q(shared=True)).select_related("owner")
