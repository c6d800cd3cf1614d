"""What characters can say, by language: short whole sentences in texts/LANGUAGE.toml, read once.

No sentence bends a word that comes from outside, and none needs another beside it: whatever is put together is right in
every language.
"""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent / "texts"
FALLBACK = "en"
UNSPACED = {"zh", "ja"}
SAME_AS = {"no": "nb", "nn": "nb"}  # read by the same children


@dataclass(frozen=True)
class Phrases:
    """Sentences of one language. `theme` ones have a slot {theme}. `never`: kind -> beginnings of words not to say."""

    language: str
    cheerful: tuple[str, ...]
    curious: tuple[str, ...]
    calm: tuple[str, ...]
    praise: tuple[str, ...]
    theme: tuple[str, ...]
    first: tuple[str, ...]
    many: tuple[str, ...]
    close: tuple[str, ...]
    never: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def between(self) -> str:
        return "" if self.language in UNSPACED else " "


@cache
def languages() -> tuple[str, ...]:
    """Primary tags, sorted."""
    return tuple(sorted(path.stem for path in HERE.glob("*.toml")))


@cache
def phrases(language: str) -> Phrases:
    """Of a BCP 47 tag's primary language; English where there are none."""
    primary = language.lower().split("-")[0]
    primary = SAME_AS.get(primary, primary)
    if primary not in languages():
        primary = FALLBACK
    raw = tomllib.loads((HERE / f"{primary}.toml").read_text())
    never = {kind: tuple(words) for kind, words in raw.pop("never").items()}
    return Phrases(primary, never=never, **{name: tuple(lines) for name, lines in raw.items()})
