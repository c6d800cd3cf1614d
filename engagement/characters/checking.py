"""What no comment may say to a child, whoever wrote it: a template, a model or a person."""

import re
from collections.abc import Sequence
from functools import cache

from engagement.characters.phrases import phrases
from engagement.characters.tone.judge import is_kind
from moderation.detectors.base import Detector, Text
from moderation.detectors.pii.kinds import NAMES
from moderation.detectors.profanity.find import find, languages_of
from moderation.detectors.registry import get_detector

LONGEST = 280
SAYS = {
    "asks": "It asks for something personal.",
    "promises": "It promises something.",
    "sells": "It speaks of money.",
}
PERSONAL = "It tells something personal: {what}."
UNKIND = "It does not sound kind and encouraging."
_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|net|org|info|io|app|co|gg|tv|me|[a-z]{2})\b(?!\.\w)", re.IGNORECASE)
_ADDRESS = re.compile(r"\S@\S|(?<!\w)@\w")
_DIGITS = re.compile(r"(?:\d[\s().-]?){5,}")
_MONEY = re.compile(
    r"[$€£¥₩₺₴₽]|\d\s?(?:kr|zł|lei|ft|kč|usd|eur)\b"
    r"|\d\s?(?:euro|dollar|pound|kron|kroner|zlot|złot|forint|ron\b|lir[ae]|лева|лв|грив|руб|ευρώ|evr|円|元|块|원)",
    re.IGNORECASE,
)


class Unkind(Exception):
    """`problems`: sentences for a person."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


def check(text: str, language: str) -> list[str]:
    """What is wrong with a comment, in sentences; [] when nothing is.

    Beside lists of words it must pass the detector of personal details, and sound kind (tone/judge.py); tone is asked
    last, and only of what has no other fault, because it reads a vector.

    What asks for something personal is looked for in English too, which is understood everywhere; the other lists are
    words that mean something else elsewhere ("sale" is Spanish).
    """
    problems = []
    if not text.strip():
        problems.append("There is no text.")
    if len(text) > LONGEST:
        problems.append(f"It is longer than {LONGEST} characters.")
    # Mild words too, which pass in a child's own text: from a character they would be an example.
    if any(hit.entry.level in ("strong", "rude", "mild") for hit in find(text, languages_of(text, language))):
        problems.append("It has a rude word.")
    if _LINK.search(text):
        problems.append("It has a link.")
    if _ADDRESS.search(text):
        problems.append("It has an address or a name of an account.")
    if _DIGITS.search(text):
        problems.append("It has a number that could be called.")
    if _MONEY.search(text):
        problems.append(SAYS["sells"])
    lowered = text.casefold()
    own, english = phrases(language), phrases("en")
    lists = [*own.never.items(), ("asks", english.never["asks"])]
    for kind, words in lists:
        if any(_begins(lowered, word, own.between) for word in words):
            problems.append(SAYS[kind])
    problems += personal(text, language)
    if not problems and not is_kind(text):
        problems.append(UNKIND)
    return list(dict.fromkeys(problems))


def personal(text: str, language: str) -> list[str]:
    """What the detector of personal details would not let pass in a child's text, in sentences."""
    (finding,) = _details().look_many([Text(text, language)])
    if finding.verdict == "pass":
        return []
    kinds = [span.label for span in finding.evidence if span.label in NAMES]
    return [PERSONAL.format(what=", ".join(dict.fromkeys(NAMES[kind] for kind in kinds)) or "details")]


@cache
def _details() -> Detector:
    detector = get_detector("pii")
    detector.load()
    return detector


def _begins(text: str, word: str, between: str) -> bool:
    """Does a word of the text begin so? Where words are not parted by spaces, anywhere."""
    if not between:
        return word in text
    return re.search(rf"(?<!\w){re.escape(word.casefold())}", text) is not None
