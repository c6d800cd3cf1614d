"""What was published: an app reports it here, and takes it back when it is withdrawn."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils import timezone

from brickmod.access.models import App
from moderation.intake.models import Submission


class Creation(models.Model):
    """A published creation. Its picture is its submission's, or lies where `image_url` points, and may vanish there.

    A creation that is withdrawn is deleted, with its likes and drafts: nothing is kept of it that an action would have
    to pass over.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    app = models.ForeignKey(App, on_delete=models.PROTECT, related_name="creations")
    external_id = models.CharField(max_length=200)
    content_digest = models.CharField(max_length=64, editable=False, help_text="Of all that was sent.")
    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, null=True, blank=True, related_name="creations"
    )
    image_url = models.URLField(max_length=500, blank=True)
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    hashtags = models.JSONField(default=list)
    market = models.CharField(max_length=2)
    language = models.CharField(max_length=35)
    author = models.CharField(max_length=200, help_text="The app's pseudonym for the child.")
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-published_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["app", "external_id"], name="one_creation_an_external_id")
        ]
        indexes: ClassVar = [
            models.Index(fields=["published_at", "id"], name="creation_by_time"),
            models.Index(fields=["app", "author", "-published_at"], name="creation_author"),
        ]

    def __str__(self) -> str:
        return f"{self.app_id}/{self.external_id}"
