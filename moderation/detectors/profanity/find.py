"""Finds listed words in a text, through disguises, in the languages that the text may be in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, product

from moderation.detectors.profanity.look_alikes import CYRILLIC
from moderation.detectors.profanity.normalise import STAR, Reading, plain, readings
from moderation.detectors.profanity.words import (
    ALIASES,
    LANGUAGES,
    WITHOUT_SPACES,
    Entry,
    Index,
    everywhere,
    lexicon,
)

# Letters beyond a..z that are a language's own: there "ü" is no disguise of "u", and "año" is not "ano".
_OWN_LETTERS = {
    "cs": "áčďéěíňóřšťúůýž", "da": "æøåéö", "de": "äöüß", "es": "áéíñóúü", "fi": "äöå", "fr": "àâæçéèêëîïôœùûüÿ",
    "hr": "čćđšž", "hu": "áéíóöőúüű", "it": "àèéìíòóùú", "nb": "æøåéòô", "nl": "éëïóöü", "pl": "ąćęłńóśźż",
    "pt": "áâãàçéêíóôõú", "ro": "ăâîșțşţ", "sk": "áäčďéíĺľňóôŕšťúýž", "sl": "čšž", "sv": "åäöé", "tr": "çğıöşüâîû",
    "bg": "", "el": "", "ru": "", "uk": "", "ja": "", "ko": "", "zh": "", "en": "",
}  # fmt: skip
_SCRIPTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Ͱ", "Ͽ", ("el",)), ("Ѐ", "ӿ", ("ru", "uk", "bg")), ("぀", "ヿ", ("ja",)), ("㐀", "鿿", ("zh", "ja")),
    ("가", "힣", ("ko",)), ("ㄱ", "ㆎ", ("ko",)),
)  # fmt: skip
_CYRILLIC = frozenset({"bg", "ru", "uk"})
_NOT_LATIN = frozenset({"bg", "el", "ja", "ko", "ru", "uk", "zh"})
ANY = "*"  # stands for "a text of any language"
_SHORTEST_REVERSED = 4
_LONGEST = 48  # letters of a word that is looked at for stretching
_AS_WRITTEN = frozenset({"plain", "joined", "look-alike"})


@dataclass(frozen=True)
class Hit:
    """A listed word at start..end of the text as it was written. `how` as in Reading, or "stretched" or "reversed"."""

    start: int
    end: int
    entry: Entry
    how: str


def languages_of(text: str, declared: str) -> tuple[str, ...]:
    """The languages whose words count: the declared one, and those whose script the text is written in."""
    base = declared.replace("_", "-").split("-")[0].lower()
    base = ALIASES.get(base, base)
    found = [base] if base in LANGUAGES else []
    if not text.isascii():
        for low, high, languages in _SCRIPTS:
            if not set(languages) & set(found) and any(low <= char <= high for char in text):
                found += languages
    return tuple(found) or ("en",)


def find(text: str, languages: Sequence[str]) -> list[Hit]:
    """All hits in the order of the text; of those that overlap only the surest, then longest."""
    layer = plain(text)
    own = frozenset("".join(_OWN_LETTERS[language] for language in languages))
    hits: list[tuple[int, int, Hit]] = []
    allowed: list[tuple[int, int]] = []
    words: list[Reading] = []
    for reading in readings(layer):
        if reading.how == "plain":
            words.append(reading)
        native = reading.how == "look-alike" and _is_native(layer.letters[reading.start : reading.end], own)
        if reading.how == "plain" and languages[0] in _CYRILLIC and reading.word.isascii():
            written = "".join(CYRILLIC.get(char, char) for char in reading.word)
            hits += [
                (reading.start, reading.end, Hit(*layer.span(reading.start, reading.end), entry, "look-alike"))
                for entry, a, b, _ in _kept(written, "spaced", languages[0])
                if b - a == len(written) > 3
            ]
        match = _kept if len(reading.word) <= _LONGEST else _matches
        for language in (ANY,) if native else (*languages, ANY):
            if language in _NOT_LATIN and language != languages[0] and reading.word.isascii():
                continue
            for entry, a, b, how in match(reading.word, reading.how, language):
                part = _part(reading, a, b)
                if entry.level == "allow":
                    allowed.append(part)
                else:
                    whole = part if entry.language in WITHOUT_SPACES else (reading.start, reading.end)
                    hits.append((*part, Hit(*layer.span(*whole), entry, how)))
    for language in (*languages, ANY):
        for start, end, entry in _phrases(words, language):
            if entry.level == "allow":
                allowed.append((start, end))
            else:
                hits.append((start, end, Hit(*layer.span(start, end), entry, "plain")))
    return _best([hit for a, b, hit in hits if not any(_covers(x, y, a, b, hit.entry) for x, y in allowed)])


def _covers(x: int, y: int, a: int, b: int, entry: Entry) -> bool:
    """Whether what is allowed at x..y excuses a hit at a..b. Without spaces the one may begin within the other."""
    return (x < b and a < y) if entry.language in WITHOUT_SPACES else (x <= a and b <= y)


def _best(hits: list[Hit]) -> list[Hit]:
    rank = {"strong": 0, "rude": 1, "mild": 2, "weak": 3}
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (rank[hit.entry.level], hit.start - hit.end, hit.start)):
        if all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def _part(reading: Reading, start: int, end: int) -> tuple[int, int]:
    """Where in the Plain a reading's letters start..end are; the whole reading when it skipped something."""
    if len(reading.word) == reading.end - reading.start:
        return reading.start + start, reading.start + end
    return reading.start, reading.end


def _is_native(chunk: str, own: frozenset[str]) -> bool:
    """Whether the only disguise in a chunk is a letter that the language has anyway."""
    return all(char in own or (char.isascii() and char.isalpha()) for char in chunk)


def _matches(word: str, how: str, language: str) -> tuple[tuple[Entry, int, int, str], ...]:
    """What one reading is in one language: (entry, from letter, to letter, how)."""
    lexicon_ = everywhere() if language == ANY else lexicon(language)
    found = list(_rude(word, how, lexicon_.rude, language))
    if how in _AS_WRITTEN:
        found += [(entry, a, b, how) for entry, a, b in lexicon_.allowed.match_all(word)]
    return tuple(found)


_kept = lru_cache(maxsize=100_000)(_matches)


def _rude(word: str, how: str, index: Index, language: str) -> Iterator[tuple[Entry, int, int, str]]:
    size = len(word)
    if how == "masked":
        yield from ((entry, 0, size, how) for entry in _under_masks(word, index))
        return
    if how == "cut":  # pieces of ordinary words make bad ones by chance, so nothing but the very word counts
        entry = index.exactly(word)
        if entry and entry.level == "strong" and (size >= 4 or not word.isascii()):
            yield entry, 0, size, how
        return
    found = False
    for entry, a, b in index.match_all(word):
        if how in _AS_WRITTEN or (entry.level == "strong" and (b - a == size or b - a >= 4)):
            found = found or entry.level in ("strong", "rude")
            yield entry, a, b, how
    if found:
        return
    for shorter in _unstretched(word, 2 if language == ANY else 3):
        for entry, _, _ in index.match_all(shorter):
            drawn_out = _has_run_of_three(word) or _is_international(entry)
            if entry.level in ("strong", "rude") and drawn_out:
                yield entry, 0, size, "stretched"
                return
    backwards = index.exactly(word[::-1]) if size >= _SHORTEST_REVERSED else None
    if backwards and backwards.level == "strong" and (size > _SHORTEST_REVERSED or _is_international(backwards)):
        yield backwards, 0, size, "reversed"


def _is_international(entry: Entry) -> bool:
    """English swearing is used everywhere, and disguised most; what is found by chance in it is rare."""
    return entry.everywhere and entry.language == "en"


def _has_run_of_three(word: str) -> bool:
    return any(a == b == c for a, b, c in zip(word, word[1:], word[2:], strict=False))


def _unstretched(word: str, least: int) -> Iterator[str]:
    """ "fuuuck" -> "fuck", "fuuck": runs of at least that many letters as one letter and as two."""
    runs = [(char, len(list(run))) for char, run in groupby(word[:_LONGEST])]
    long = [at for at, (_, size) in enumerate(runs) if size >= least]
    if len(long) > 3:  # every letter is drawn out: "ffuucckk"
        yield "".join(char for char, _ in runs)
        return
    for sizes in product((1, 2), repeat=len(long)) if long else ():
        chosen = dict(zip(long, sizes, strict=True))
        shorter = "".join(char * chosen.get(at, size) for at, (char, size) in enumerate(runs))
        if shorter != word:
            yield shorter


def _under_masks(word: str, index: Index) -> Iterator[Entry]:
    """The strong word that a masked one can be: of the same length, with the same letters where there are some."""
    for entry in index.by_size.get(len(word), ()) if len(word) >= 4 else ():
        same = all(a in (STAR, b) for a, b in zip(word, entry.letters, strict=True))
        if entry.level == "strong" and entry.letters[0] == word[0] and same:
            yield entry
            return


def _phrases(words: list[Reading], language: str) -> Iterator[tuple[int, int, Entry]]:
    lexicon_ = everywhere() if language == ANY else lexicon(language)
    for index in (lexicon_.rude, lexicon_.allowed):
        if not index.phrases:
            continue
        for at, first in enumerate(words):
            for phrase, entry in index.phrases.get(first.word, ()):
                following = words[at : at + len(phrase)]
                if len(following) == len(phrase) and all(map(_is_word, following, phrase)):
                    yield first.start, following[-1].end, entry


def _is_word(reading: Reading, pattern: str) -> bool:
    return reading.word.startswith(pattern[:-1]) if pattern.endswith("*") else reading.word == pattern
