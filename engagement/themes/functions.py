"""The labelling functions of today: each live theme's own words, and the rows that people added."""

from collections.abc import Sequence

from engagement.themes.models import LabelFunction, Theme
from engagement.themes.voting import Function


def functions() -> tuple[list[str], list[Function]]:
    """(slugs of the live themes, functions whose `theme` counts in them)."""
    themes = list(Theme.objects.live().order_by("slug"))
    slugs = [theme.slug for theme in themes]
    found: list[Function] = []
    for at, theme in enumerate(themes):
        said = [word for some in theme.keywords.values() for word in some]
        own: Sequence[tuple[str, str, list[str]]] = (
            ("names", "character", theme.known),
            ("words", "keyword", [*said, *theme.hashtags]),
            ("hashtags", "hashtag", [theme.slug.replace("-", ""), *theme.hashtags]),
            ("sets", "declared", [theme.slug, theme.name, *theme.aliases]),
        )
        found += [Function(f"{what} of {theme.name}", kind, at, tuple(some)) for what, kind, some in own if some]
    rows = LabelFunction.objects.filter(on=True, theme__slug__in=slugs).select_related("theme")
    found += [Function(row.name, row.kind, slugs.index(row.theme.slug), tuple(row.patterns), row.trust) for row in rows]
    return slugs, found
