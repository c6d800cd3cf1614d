"""Puts the shipped reasons and texts into the database after every migrate, and leaves alone what people changed."""

from typing import Any

from django.apps.registry import Apps
from django.apps.registry import apps as installed
from django.core.exceptions import FieldDoesNotExist
from django.db import router, transaction
from django.utils import timezone

from moderation.feedback import content, shipped
from moderation.feedback.shipped import Why

REASON_FIELDS = ["title", "explains", "key", "position", "task", "severity", "alone"]
TEXT_FIELDS = ["title", "text"]


def after_migrate(using: str, apps: Apps = installed, **kwargs: Any) -> None:
    """Receiver of post_migrate, which also follows a flush: a test database that was emptied is filled again."""
    try:
        text = apps.get_model("feedback", "FeedbackText")
        # Somebody migrated to a state before the texts had their present shape: there is nothing to plant yet.
        text._meta.get_field("occasion")
        apps.get_model("feedback", "Example")
        apps.get_model("feedback", "HelpLine")
    except (LookupError, FieldDoesNotExist):
        return
    if router.allow_migrate_model(using, text):
        plant(using, apps)


def plant(using: str, apps: Apps) -> int:
    """Adds what is missing, updates what nobody edited; a new policy when that changed anything. Returns how many rows
    were written. Safe to run again: the second time writes none."""
    from moderation.feedback import texts

    policies = apps.get_model("feedback", "Policy").objects.using(using)
    with transaction.atomic(using=using):
        written = _reasons(apps.get_model("feedback", "Reason"), using)
        written += _texts(apps.get_model("feedback", "FeedbackText"), using)
        newest = policies.order_by("-version").first()
        _examples(apps, using)
        _help_lines(apps, using)
        says = content.read(using, apps)
        if newest is None:
            policies.create(version=1, since=timezone.now(), summary="Reasons and texts as shipped.", content=says)
        elif written:
            summary = f"A new release changed {written} rows."
            policies.create(version=newest.version + 1, since=timezone.now(), summary=summary, content=says)
        elif (
            not newest.content
        ):  # written before contents were kept; nothing has changed since, or it were not in force
            policies.filter(version=newest.version).update(content=says)
    texts.forget()
    return written


def _examples(apps: Apps, using: str) -> None:
    """Those that come with BrickMod, into an empty table: what people change or delete stays so."""
    model = apps.get_model("feedback", "Example")
    if not model.objects.using(using).exists():
        model.objects.using(using).bulk_create(
            model(reason_id=code, verdict=verdict, text=text, picture=picture, answer=answer, why=why, position=n)
            for code, rows in shipped.examples().items()
            for n, (verdict, text, picture, answer, why) in enumerate(rows)
        )


def _help_lines(apps: Apps, using: str) -> None:
    """Those that come with BrickMod, unchecked, into an empty table."""
    model = apps.get_model("feedback", "HelpLine")
    if not model.objects.using(using).exists():
        model.objects.using(using).bulk_create(
            model(market=market, name=name, contact=contact, position=n)
            for n, (market, name, contact) in enumerate(shipped.help_lines())
        )


def _reasons(model: Any, using: str) -> int:
    rows = model.objects.using(using).in_bulk()
    # A key that people gave to another reason stays there; the shipped reason then has none until somebody gives one.
    theirs = {row.key for row in rows.values() if row.edited or row.code not in {why.code for why in shipped.reasons()}}
    new, changed = [], []
    for why in shipped.reasons():
        values = _values(why, theirs)
        row = rows.get(why.code)
        if row is None:
            new.append(model(code=why.code, **values))
        elif not row.edited and any(getattr(row, field) != value for field, value in values.items()):
            for field, value in values.items():
                setattr(row, field, value)
            changed.append(row)
    # Two reasons may change places: their keys are taken away before they are given again.
    model.objects.using(using).filter(code__in=[row.code for row in changed]).update(key=None)
    model.objects.using(using).bulk_update(changed, REASON_FIELDS)
    model.objects.using(using).bulk_create(new)
    return len(new) + len(changed)


def _values(why: Why, taken: set[str | None]) -> dict[str, Any]:
    values = {field: getattr(why, field) for field in REASON_FIELDS}
    values["key"] = None if why.key in taken else why.key or None
    return values


def _texts(model: Any, using: str) -> int:
    rows = {(row.reason_id or row.occasion, row.language): row for row in model.objects.using(using).all()}
    new, changed = [], []
    for (subject, language), told in shipped.texts().items():
        row = rows.get((subject, language))
        if row is None:
            of = {"occasion": subject} if subject in shipped.OCCASIONS else {"reason_id": subject}
            new.append(model(**of, language=language, title=told.title, text=told.text))
        elif not row.edited and (row.title, row.text) != told:
            row.title, row.text = told
            changed.append(row)
    model.objects.using(using).bulk_update(changed, TEXT_FIELDS)
    model.objects.using(using).bulk_create(new)
    return len(new) + len(changed)
