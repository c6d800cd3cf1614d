"""What stays when the child is gone: vectors and labels, with nothing that leads back.

No row here has a name, an author, an app, a submission or a time finer than a day. The only way from a submission
to its features is kept by the moderation, encrypted under a key of that day, and dies with the key.
"""

import uuid
from typing import ClassVar

from django.db import models


class EncoderVersion(models.Model):
    """Weights and preprocessing that made a vector. Vectors of two versions are never mixed."""

    version = models.CharField(max_length=120, unique=True)
    dim = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.version


class View(models.TextChoices):
    """What the vector is of."""

    PICTURE = "picture", "a whole picture"
    FACE = "face", "the likeliest face in a picture"
    TEXT = "text", "a text"


class Feature(models.Model):
    """One vector: `dim` numbers of `dtype`, little-endian, in `vector`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    encoder = models.ForeignKey(EncoderVersion, on_delete=models.PROTECT, related_name="features")
    view = models.CharField(max_length=10, choices=View.choices)
    dtype = models.CharField(max_length=8, default="float16")
    vector = models.BinaryField()
    market = models.CharField(max_length=2, blank=True)
    day = models.DateField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["encoder", "view", "day"])]


class Source(models.TextChoices):
    """Who says so. Labels are evidence, not truth."""

    MODERATOR = "moderator", "a moderator's decision"
    APPEAL = "appeal", "a decision on an appeal"
    SECOND_LOOK = "second_look", "a blind second decision"
    AUDIT = "audit", "a decision on a random sample"
    LABELLING = "labelling", "an answer on the label page"
    BLIND = "blind", "an answer on the label page, with nothing to see but neighbours"
    WEAK = "weak", "a rule"
    IMPORT = "import", "an imported data set"


class Label(models.Model):
    """One piece of evidence about one feature, for one task. Added, never changed; a correction is a newer row."""

    feature = models.ForeignKey(Feature, on_delete=models.CASCADE, related_name="labels")
    task = models.CharField(max_length=40)
    value = models.CharField(max_length=40)
    source = models.CharField(max_length=12, choices=Source.choices)
    confidence = models.FloatField(default=1.0)
    policy = models.PositiveIntegerField(default=0, help_text="Version of the policy it was made under; 0: none.")
    labeller = models.CharField(max_length=20, blank=True, help_text="The class of who said so, never a name.")
    day = models.DateField()
    withdrawn = models.BooleanField(default=False, help_text="This row takes back the labels of its source before it.")

    class Meta:
        indexes: ClassVar = [models.Index(fields=["task", "value"])]


class Unsealed(models.Model):
    """A feature that may not lie in a sealed segment yet. Keyed at random like the feature, so it keeps no order."""

    feature = models.OneToOneField(Feature, on_delete=models.CASCADE, primary_key=True, related_name="unsealed")
    encoder = models.ForeignKey(EncoderVersion, on_delete=models.PROTECT, related_name="+")
    sealing = models.BooleanField(default=False, help_text="A compaction has begun that may write it.")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["encoder"], condition=models.Q(sealing=True), name="being_sealed"),
        ]


class Forgotten(models.Model):
    """A feature that is gone from the database, but perhaps not from a segment yet. A compaction removes both."""

    id = models.UUIDField(primary_key=True, editable=False)
