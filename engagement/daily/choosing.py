"""Which character speaks of a creation. A draw among those that fit, which is the same for those who hear nothing: so
what one character's words are worth can be told later."""

from collections.abc import Sequence
from uuid import UUID

from engagement.characters.models import Character


def who_would_speak(creation: UUID, theme: str, language: str, characters: Sequence[Character]) -> Character | None:
    """`characters` in a fixed order; `theme`: slug, "" for none. None when nobody fits."""
    fitting = [one for one in characters if one.fits(theme, language)]
    return fitting[creation.int % len(fitting)] if fitting else None
