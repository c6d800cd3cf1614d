"""What an upload must look like. Every complaint names its field; no database is asked here."""

import unicodedata
from typing import Any

from django.conf import settings
from rest_framework import serializers

from brickmod.markets import is_language, is_market
from moderation.intake.models import DecidedBy, State

# Control characters say nothing to a reader and much to a parser; line breaks and tabs are fine in a text.
ALLOWED_CONTROLS = {"\n", "\r", "\t"}
MAX_TEXT = 10_000


def check_characters(value: str, lines: bool) -> str:
    """Refuse control characters and lone surrogates; NFC, so that the same text is the same text."""
    for n, character in enumerate(value):
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and not (lines and character in ALLOWED_CONTROLS)):
            raise serializers.ValidationError(f"character {n + 1} (U+{ord(character):04X}) is not allowed")
    return unicodedata.normalize("NFC", value)


class LineField(serializers.CharField):
    """One line of text."""

    lines = False

    def to_internal_value(self, data: Any) -> str:
        return check_characters(super().to_internal_value(data), self.lines)


class LinesField(LineField):
    """Text that may have several lines."""

    lines = True


class MarketField(serializers.CharField):
    """A country code, in capitals."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=2, **options)
        self.validators.append(check_market)

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).upper()


class LanguageField(serializers.CharField):
    """A BCP 47 tag."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=35, **options)
        self.validators.append(check_language)


def check_market(value: str) -> None:
    if not is_market(value):
        raise serializers.ValidationError(f"{value!r} is not a country code (ISO 3166-1 alpha-2), e.g. DK")


def check_language(value: str) -> None:
    if not is_language(value):
        raise serializers.ValidationError(f"{value!r} is not a language tag (BCP 47), e.g. da or pt-BR")


class SubmissionIn(serializers.Serializer[Any]):
    external_id = LineField(max_length=200)
    author = LineField(max_length=200)
    market = MarketField()
    language = LanguageField()
    app_version = LineField(max_length=40, required=False, default="", allow_blank=True)
    title = LineField(max_length=200, required=False, default="", allow_blank=True)
    text = LinesField(max_length=MAX_TEXT, required=False, default="", allow_blank=True)
    hashtags = serializers.ListField(child=LineField(max_length=100), max_length=30, required=False, default=list)
    images = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), max_length=settings.MAX_PARTS, required=False, default=list
    )
    videos = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), max_length=3, required=False, default=list
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        texts = (attrs["title"], attrs["text"], *attrs["hashtags"])
        if not attrs["images"] and not attrs["videos"] and not any(text.strip() for text in texts):
            raise serializers.ValidationError(
                {"images": "a submission needs at least one part: a picture, a video or a text"}
            )
        return attrs


class ReasonOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    title = serializers.CharField()


class FindingOut(serializers.Serializer[Any]):
    part = serializers.CharField(help_text='"title", "text", "hashtags", "image:0", "video:0"')
    kind = serializers.CharField()
    detector = serializers.CharField()
    model_version = serializers.CharField()
    alias = serializers.CharField()
    score = serializers.FloatField()
    threshold = serializers.FloatField()
    verdict = serializers.ChoiceField(choices=["pass", "flag", "reject", "error"])
    evidence = serializers.ListField(child=serializers.DictField())
    ms = serializers.FloatField()


class SubmissionOut(serializers.Serializer[Any]):
    """Documents what moderation.intake.public.public builds."""

    id = serializers.UUIDField()
    external_id = serializers.CharField()
    status = serializers.ChoiceField(choices=State.values)
    decided_by = serializers.ChoiceField(choices=DecidedBy.values, allow_null=True)
    reasons = ReasonOut(many=True)
    feedback = serializers.CharField(help_text="For the child, in its language.")
    received_at = serializers.DateTimeField()
    prefiltered_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    review_due_at = serializers.DateTimeField(allow_null=True)
    findings = FindingOut(many=True, required=False, help_text="With ?expand=findings")
