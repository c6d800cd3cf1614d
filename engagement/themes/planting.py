"""Puts the shipped themes into the database after every migrate, and leaves alone what people changed."""

from typing import Any

from django.apps.registry import Apps
from django.apps.registry import apps as installed
from django.db import router, transaction

from engagement.themes.lexicon import shipped

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
