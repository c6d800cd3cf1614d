"""Who may do what: people with roles, apps with keys, and the trail of what they did."""

import hashlib
import secrets
from datetime import datetime
from typing import Any, ClassVar, NoReturn

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """A role is a Django group of the same name; `roles.py` says which permissions each has."""

    MODERATOR = "moderator", _("Moderator")
    LEAD = "lead", _("Lead")
    ML_ENGINEER = "ml_engineer", _("ML engineer")
    ADMIN = "admin", _("Admin")
    CUSTODIAN = "custodian", _("Custodian")


class User(AbstractUser):
    """A person who works here. `languages` are the BCP 47 primary tags that this person reads ([] = all), `skills` the
    words that queues ask for."""

    languages = models.JSONField(default=list, blank=True)
    skills = models.JSONField(default=list, blank=True)
    team = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=12, blank=True, help_text="Of BrickMod's pages; empty: the browser's.")

    @property
    def role(self) -> str:
        """The first of this person's roles, "" for none."""
        names = set(self.groups.values_list("name", flat=True))
        return next((role for role in Role.values if role in names), "admin" if self.is_superuser else "")


class App(models.Model):
    """An app that sends uploads and hears answers."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(unique=True)
    active = models.BooleanField(default=True)
    review_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Minutes in which a person should have decided; empty: the house's default."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.name


class KeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self, now: datetime | None = None) -> "KeyQuerySet":
        now = now or timezone.now()
        return self.filter(models.Q(expires_at=None) | models.Q(expires_at__gt=now), revoked_at=None, app__active=True)


class Scope(models.TextChoices):
    SUBMIT = "submit", "Send in submissions, read and erase them"
    APPEAL = "appeal", "Ask that another person looks again"
    PUBLISH = "publish", "Report creations that were published, read likes and comments"


class ApiKey(models.Model):
    """A key of a calling app. Only its hash is kept; the key itself is shown once, when it is made."""

    PREFIX = "bm_"

    app = models.ForeignKey(App, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=80, blank=True)
    start = models.CharField(max_length=11, editable=False, help_text="The first characters, to tell keys apart.")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_on = models.DateField(null=True, blank=True, editable=False)

    objects = KeyQuerySet.as_manager()

    class Meta:
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.app}: {self.start}…"

    @staticmethod
    def digest_of(key: str) -> str:
        # 256 random bits need no slow hash: there is nothing to guess.
        return hashlib.sha256(key.encode()).hexdigest()

    @classmethod
    def new_secret(cls) -> str:
        return cls.PREFIX + secrets.token_urlsafe(32)


class Verb(models.TextChoices):
    """The closed list of what the trail knows. A verb that is not here cannot be written."""

    LOGIN = "login", "logged in"
    LOGOUT = "logout", "logged out"
    LOGIN_FAILED = "login_failed", "failed to log in"
    PASSWORD = "password", "changed a password"
    ADMIN_ADD = "admin_add", "added in admin"
    ADMIN_CHANGE = "admin_change", "changed in admin"
    ADMIN_DELETE = "admin_delete", "deleted in admin"
    KEY_MADE = "key_made", "made an API key"
    KEY_REVOKED = "key_revoked", "revoked an API key"
    KEY_ROTATED = "key_rotated", "rotated an API key"
    ROLE = "role", "changed a role"
    CLAIM = "claim", "claimed"
    SKIP = "skip", "skipped"
    PARK = "park", "set aside for later"
    ESCALATE = "escalate", "passed on to a queue"
    ROUTE = "route", "sorted what waits into queues anew"
    DECIDE = "decide", "decided"
    UNDO = "undo", "undid a decision"
    REVERSE = "reverse", "reversed a decision"
    RECHECK = "recheck", "looked again at a rejection"
    SECOND_LOOK = "second_look", "gave or settled a second decision"
    KNOWN = "known", "changed a known case or a calibration set"
    MEASURE = "measure", "decided what follows for an author"
    HINT = "hint", "answered whether two authors are one"
    APPEAL = "appeal", "decided an appeal"
    POLICY = "policy", "changed a policy"
    TRAINING = "training", "changed a training case"
    APPROVE = "approve", "approved a comment"
    ERASE = "erase", "erased"
    REPLAY = "replay", "replayed a delivery"
    PROMOTE = "promote", "promoted a head"
    EXPORT = "export", "exported"
    RESTRICT = "restrict", "hid as suspected illegal"
    PRESERVE = "preserve", "preserved what was hidden"
    OPEN_ASK = "open_ask", "asked to open a case"
    OPEN_AGREE = "open_agree", "agreed to open a case"
    LOOK = "look", "looked at a case"
    REPORT = "report", "entered the receipt of a report"
    DESTROY = "destroy", "destroyed what was held"


class AppendOnly(Exception):
    """Somebody tried to change or delete what stands in the trail."""


class TrailQuerySet(models.QuerySet["AuditEvent"]):
    """Reads and adds. The database refuses the rest too (trail_guard.py); this says so earlier, and in words."""

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise AppendOnly("The audit trail is append-only.")

    update = delete = bulk_update = update_or_create = _refuse


class AuditEvent(models.Model):
    """Who did what to which object, with the old and new value. Rows are added, never changed or deleted."""

    at = models.DateTimeField(default=timezone.now, editable=False)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    app = models.ForeignKey(App, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    verb = models.CharField(max_length=20, choices=Verb.choices, editable=False)
    kind = models.CharField(max_length=40, editable=False, help_text="What it was done to, e.g. submission.")
    object_id = models.CharField(max_length=64, blank=True, editable=False)
    old = models.JSONField(null=True, editable=False)
    new = models.JSONField(null=True, editable=False)

    objects = TrailQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["kind", "object_id"]), models.Index(fields=["user", "-id"])]
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(verb__in=Verb.values), name="audit_verb_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.user or self.app or 'system'} {self.get_verb_display()} {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("The audit trail is append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("The audit trail is append-only.")
