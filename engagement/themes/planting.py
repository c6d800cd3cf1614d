"""Puts the shipped themes into the database after every migrate, and leaves alone what people changed."""

from typing import Any

from django.apps.registry import Apps
from django.apps.registry import apps as installed
from django.db import router, transaction

from engagement.themes.lexicon import shipped
from engagement.themes.shipped_rules import shipped_rules

GROUPS = {"screen": "Films and games", "everyday": "Everyday life", "adventure": "Adventure and fantasy"}
FIELDS = ["name", "aliases", "hashtags", "known", "keywords", "seasons"]


def after_migrate(using: str, apps: Apps = installed, **kwargs: Any) -> None:
    """Receiver of post_migrate, which also follows a flush: a test database that was emptied is filled again."""
    try:
        theme = apps.get_model("themes", "Theme")
    except LookupError:
        return  # somebody migrated to a state before there were themes
    if router.allow_migrate_model(using, theme):
        plant(using, apps)
        plant_rules(using, apps)


@transaction.atomic
def plant(using: str, apps: Apps = installed) -> int:
    """Adds what is missing, updates what nobody edited. Returns how many rows were written; again, none."""
    model, versions = apps.get_model("themes", "Theme"), apps.get_model("themes", "TaxonomyVersion")
    rows = {row.slug: row for row in model.objects.using(using).all()}
    written = 0
    for slug, name in GROUPS.items():
        if slug not in rows:
            rows[slug] = model.objects.using(using).create(slug=slug, name=name, standing="group")
            written += 1
    for theme in shipped():
        values = {
            "name": theme.name,
            "aliases": list(theme.aliases),
            "hashtags": list(theme.hashtags),
            "known": list(theme.known),
            "keywords": {language: list(words) for language, words in theme.keywords.items()},
            "seasons": list(theme.seasons),
        }
        row = rows.get(theme.slug)
        if row is None:
            row = model.objects.using(using).create(slug=theme.slug, **values)
            row.parents.set([rows[parent] for parent in theme.parents])
        elif not row.edited and any(getattr(row, field) != value for field, value in values.items()):
            for field, value in values.items():
                setattr(row, field, value)
            row.save(using=using, update_fields=FIELDS)
        else:
            continue
        written += 1
    if not versions.objects.using(using).exists():
        held: dict[str, list[str]] = {slug: [] for slug in GROUPS}
        held |= {theme.slug: list(theme.parents) for theme in shipped()}
        versions.objects.using(using).create(number=1, summary="Themes as shipped.", themes=held)
    return written


@transaction.atomic
def plant_rules(using: str, apps: Apps = installed) -> int:
    """Adds the labelling functions that are missing, updates those that nobody edited. Returns how many it wrote."""
    try:
        model = apps.get_model("themes", "LabelFunction")
    except LookupError:
        return 0
    if not {"trust", "edited"} <= {field.name for field in model._meta.get_fields()}:
        return 0  # somebody migrated to a state before functions said how far they are trusted
    themes = {row.slug: row for row in apps.get_model("themes", "Theme").objects.using(using).all()}
    rows = {row.name: row for row in model.objects.using(using).all()}
    written = 0
    for rule in shipped_rules():
        values = {
            "theme": themes[rule.theme],
            "kind": rule.kind,
            "trust": rule.trust,
            "patterns": list(rule.patterns),
        }
        row = rows.get(rule.name)
        if row is None:
            model.objects.using(using).create(name=rule.name, **values)
        elif not row.edited and any(getattr(row, field) != value for field, value in values.items()):
            for field, value in values.items():
                setattr(row, field, value)
            row.save(using=using, update_fields=list(values))
        else:
            continue
        written += 1
    return written
