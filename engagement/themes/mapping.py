"""What a label of an older taxonomy means today. Pure: no Django.

A merge hands a theme's labels to its heir. A split keeps them at the old theme, which has become a group: all of its
parts may be meant, and nobody guesses which. A retired theme keeps its labels and is given no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """`parents`: slug -> slugs of the groups above it. `merged`: slug -> its heir. `live`: what a creation can have."""

    parents: Mapping[str, tuple[str, ...]]
    merged: Mapping[str, str]
    live: frozenset[str]

    def now(self, slug: str) -> str:
        """The theme that a label's slug names today: its heir's heir, or itself. Raises KeyError for no theme."""
        seen = {slug}
        while slug in self.merged:
            slug = self.merged[slug]
            if slug in seen:
                raise ValueError(f"{slug} was merged into itself")
            seen.add(slug)
        if slug not in self.parents:
            raise KeyError(slug)
        return slug

    def leaves(self, slug: str) -> frozenset[str]:
        """The live themes that a label may mean: one, or those of a group, or none when it was retired."""
        slug = self.now(slug)
        below = {slug}
        while more := {child for child, above in self.parents.items() if below & set(above)} - below:
            below |= more
        return frozenset(below) & self.live

    def above(self, slug: str) -> frozenset[str]:
        """Every group that holds a theme, however far up; not the theme itself."""
        found: set[str] = set()
        todo = list(self.parents.get(slug, ()))
        while todo:
            if (group := todo.pop()) not in found:
                found.add(group)
                todo += self.parents.get(group, ())
        return frozenset(found)
