"""What a report of a creation must look like, and what is told of it."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework import serializers

from brickmod.outside.addresses import ForbiddenTarget
from engagement.creations.models import Creation
from featurestore.pointers.fetching import check_pointer
from moderation.intake.serializers import MAX_TEXT, LanguageField, LineField, LinesField, MarketField

CLOCKS_APART = timedelta(minutes=5)


class CreationIn(serializers.Serializer[Any]):
    external_id = LineField(max_length=200)
    author = LineField(max_length=200)
    market = MarketField()
    language = LanguageField()
    submission = serializers.UUIDField(required=False, allow_null=True, default=None)
    image_url = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    title = LineField(max_length=200, required=False, default="", allow_blank=True)
    text = LinesField(max_length=MAX_TEXT, required=False, default="", allow_blank=True)
    hashtags = serializers.ListField(child=LineField(max_length=100), max_length=30, required=False, default=list)
    published_at = serializers.DateTimeField(required=False, allow_null=True, default=None)

    def validate_image_url(self, value: str) -> str:
        """Only what could be fetched later is taken: a host that is configured, and no address of our own network."""
        if not value:
            return value
        try:
            check_pointer(value, settings.POINTER_HOSTS, allow_private=settings.POINTER_ALLOW_PRIVATE)
        except ForbiddenTarget as error:
            raise serializers.ValidationError(str(error)) from error
        return value

    def validate_published_at(self, value: Any) -> Any:
        if value and value > timezone.now() + CLOCKS_APART:
            raise serializers.ValidationError("it lies in the future")
        return value

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["submission"] and attrs["image_url"]:
            raise serializers.ValidationError({"image_url": "give a submission or an image_url, not both"})
        texts = (attrs["title"], attrs["text"], *attrs["hashtags"])
        if not attrs["submission"] and not attrs["image_url"] and not any(text.strip() for text in texts):
            raise serializers.ValidationError({"submission": "a creation needs a submission, an image_url or a text"})
        return attrs


class CreationOut(serializers.ModelSerializer[Creation]):
    class Meta:
        model = Creation
        fields = [
            "id",
            "external_id",
            "submission",
            "image_url",
            "title",
            "text",
            "hashtags",
            "market",
            "language",
            "author",
            "published_at",
        ]
