"""What the tone head learns from: texts of our own in 26 languages, kind ones and others.

Kind: what characters say (texts/), and lines.txt's. Not kind: lines.txt's neutral, sneering, ordering and disappointed
ones, what children say of their own builds (neither praise nor addressed to anybody) and insults, both of the profanity
detector's lines.
"""

from dataclasses import dataclass
from pathlib import Path

from engagement.characters.phrases import languages, phrases
from moderation.detectors.profanity.lines import read

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Line:
    language: str
    text: str
    kind: bool
    weight: float = 1.0
    own: bool = False  # of lines.txt


def own_lines() -> list[Line]:
    """Of lines.txt."""
    found, language = [], ""
    for row in (HERE / "lines.txt").read_text("utf-8").splitlines():
        if row.startswith("["):
            language = row.strip("[]")
        elif row:
            found.append(Line(language, row[2:], row[0] == "+", 3.0, own=True))
    return found


def all_lines() -> list[Line]:
    found = own_lines()
    for language in languages():
        own = phrases(language)
        said = [*own.cheerful, *own.curious, *own.calm, *own.praise, *own.first, *own.many, *own.close]
        found += [Line(language, text, True) for text in said]
        found += [
            Line(language, text.replace("{theme}", name), True) for text in own.theme for name in ("Ninjago", "City")
        ]
        found += [Line(language, text, False, 1.5 if rude else 0.5) for text, rude in read(language)]
    return found
