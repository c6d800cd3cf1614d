"""What can happen to the taxonomy: a theme is added, split, merged, retired, given again. A transaction each.

Each makes a version, tells the timeline and the audit trail, and keeps every label readable (mapping.py).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from brickmod.access import audit
from brickmod.access.models import Verb
from engagement.themes.mapping import Shape
from engagement.themes.models import Kind, Standing, TaxonomyVersion, Theme, ThemeChange


class CannotChange(Exception):
    """Says in one sentence why the taxonomy cannot be changed like that."""


def shape() -> Shape:
    """The taxonomy as it is now."""
    rows = {theme.slug: theme for theme in Theme.objects.prefetch_related("parents")}
    merges = ThemeChange.objects.filter(kind=Kind.MERGE, theme__standing=Standing.MERGED).order_by("version__number")
    return Shape(
        {slug: tuple(sorted(parent.slug for parent in theme.parents.all())) for slug, theme in rows.items()},
        {old: heir for old, heir in merges.values_list("theme__slug", "heirs__slug") if heir},
        frozenset(slug for slug, theme in rows.items() if theme.standing == Standing.LIVE),
    )


@transaction.atomic
def add_theme(user: Any, slug: str, name: str, parents: Iterable[Theme] = (), **fields: Any) -> Theme:
    """A new theme. Raises CannotChange when the slug was used before: a label of then would mean something else now."""
    theme = _new(slug, name, parents, **fields)
    _change(user, Kind.ADD, theme, [], f"{name} was added.")
    return theme


@transaction.atomic
def split_theme(user: Any, theme: Theme, parts: Mapping[str, str], reason: str = "") -> list[Theme]:
    """Makes `theme` a group over new themes (slug -> name). Its labels stay with it, and mean one of its parts."""
    theme = _locked(theme)
    _must_be(theme, Standing.LIVE)
    if len(parts) < 2:
        raise CannotChange("A theme is split into two or more.")
    made = [_new(slug, name, [theme]) for slug, name in parts.items()]
    _stand(theme, Standing.GROUP)
    _change(user, Kind.SPLIT, theme, made, f"{theme} was split into {_names(made)}.", reason)
    return made


@transaction.atomic
def merge_themes(user: Any, themes: Iterable[Theme], into: Theme, reason: str = "") -> Theme:
    """`themes` end in `into`: their labels are its labels from now on, and their words become its words."""
    into = _locked(into)
    _must_be(into, Standing.LIVE)
    themes = [_locked(theme) for theme in themes]
    if not themes or into in themes:
        raise CannotChange("Other themes are merged into this one.")
    for theme in themes:
        _must_be(theme, Standing.LIVE)
        _take_words(into, theme)
        _stand(theme, Standing.MERGED)
    into.edited = True
    into.save()
    version = _version(user, f"{_names(themes)} merged into {into}.")
    for theme in themes:
        _tell(user, version, Kind.MERGE, theme, [into], reason)
    return into


@transaction.atomic
def retire_theme(user: Any, theme: Theme, reason: str = "") -> None:
    """No creation gets it any more. Its labels stay and teach what is none of the others."""
    theme = _locked(theme)
    _must_be(theme, Standing.LIVE)
    _stand(theme, Standing.RETIRED)
    _change(user, Kind.RETIRE, theme, [], f"{theme} was retired.", reason)


@transaction.atomic
def restore_theme(user: Any, theme: Theme, reason: str = "") -> None:
    """A retired theme is given again, with the labels that it had."""
    theme = _locked(theme)
    _must_be(theme, Standing.RETIRED)
    _stand(theme, Standing.LIVE)
    _change(user, Kind.RESTORE, theme, [], f"{theme} is given again.", reason)


def _new(slug: str, name: str, parents: Iterable[Theme], **fields: Any) -> Theme:
    if Theme.objects.filter(slug=slug).exists():
        raise CannotChange(f"There is or was a theme {slug!r}; its labels would mean something else.")
    theme = Theme(slug=slug, name=name, edited=True, **fields)
    theme.full_clean()
    theme.save()
    theme.parents.set(parents)
    return theme


def _locked(theme: Theme) -> Theme:
    return Theme.objects.select_for_update().get(pk=theme.pk)


def _must_be(theme: Theme, standing: Standing) -> None:
    if theme.standing != standing:
        raise CannotChange(f"{theme} is {theme.get_standing_display()}, not {standing.label}.")


def _stand(theme: Theme, standing: Standing) -> None:
    theme.standing, theme.edited = standing, True
    theme.save(update_fields=["standing", "edited"])


def _take_words(into: Theme, theme: Theme) -> None:
    for field in ("hashtags", "known"):
        setattr(into, field, list(dict.fromkeys([*getattr(into, field), *getattr(theme, field)])))
    into.aliases = list(dict.fromkeys([*into.aliases, theme.slug, *theme.aliases]))
    for language, some in theme.keywords.items():
        into.keywords[language] = list(dict.fromkeys([*into.keywords.get(language, []), *some]))


def _names(themes: Iterable[Theme]) -> str:
    return ", ".join(theme.name for theme in themes)


def _change(user: Any, kind: Kind, theme: Theme, heirs: list[Theme], summary: str, reason: str = "") -> None:
    _tell(user, _version(user, summary), kind, theme, heirs, reason)


def _version(user: Any, summary: str) -> TaxonomyVersion:
    newest = TaxonomyVersion.objects.select_for_update().first()
    now = shape()
    held = now.live | {group for slug in now.live for group in now.above(slug)}
    return TaxonomyVersion.objects.create(
        number=newest.number + 1 if newest else 1,
        by=user,
        summary=summary[:300],
        themes={slug: list(above) for slug, above in now.parents.items() if slug in held},
    )


def _tell(user: Any, version: TaxonomyVersion, kind: Kind, theme: Theme, heirs: list[Theme], reason: str) -> None:
    change = ThemeChange.objects.create(version=version, kind=kind, theme=theme, reason=reason)
    change.heirs.set(heirs)
    new = {"kind": str(kind), "heirs": [heir.slug for heir in heirs], "version": version.number}
    audit.record(Verb.ADMIN_CHANGE, "theme", theme.slug, user=user, new=new)
