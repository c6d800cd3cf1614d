"""Writes a comment out of sentences. Pure: the same wish and try give the same text."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engagement.characters.phrases import phrases

MANY = 10  # from so many creations on, an author is no beginner any more
TRIES = 40


@dataclass(frozen=True)
class Wish:
    """What to write of. `theme`: its name as the child reads it, "" for none. `built`: by its author before."""

    creation: str
    character: str
    voice: str
    language: str
    theme: str = ""
    built: int = 0


def write(wish: Wish, attempt: int = 1) -> str:
    """A greeting in the character's voice, a word on the build, perhaps one on the theme or the builder, a farewell."""
    own = phrases(wish.language)

    def pick(kind: str, lines: Sequence[str]) -> str:
        return lines[_draw(wish.creation, wish.character, kind, str(attempt)) % len(lines)]

    said = [pick("greeting", getattr(own, wish.voice)), pick("praise", own.praise)]
    if wish.theme:
        # Braces in a name are text, no slot.
        said.append(pick("theme", own.theme).replace("{theme}", wish.theme))
    elif wish.built == 0:
        said.append(pick("first", own.first))
    elif wish.built >= MANY:
        said.append(pick("many", own.many))
    said.append(pick("close", own.close))
    return own.between.join(said)


def write_new(wish: Wish, said_before: Collection[str], attempt: int = 1) -> tuple[str, int]:
    """(text, attempt): the first text from `attempt` on whose sentences this author has not all heard before.

    `said_before`: texts of the last 30 days to this author. A text is new when it is none of them and shares at most
    its farewell and one more sentence with any. After TRIES the least known one is taken.
    """
    known = [_sentences(text, wish.language) for text in said_before]
    best = (2.0, "", attempt)
    for n in range(attempt, attempt + TRIES):
        text = write(wish, n)
        own = _sentences(text, wish.language)
        shared = max((len(own & other) / len(own) for other in known), default=0.0)
        if shared <= 0.5 and text not in said_before:
            return text, n
        best = min(best, (shared, text, n))
    return best[1], best[2]


def self_bleu(texts: Sequence[str], order: int = 3) -> float:
    """How alike texts are among themselves (Zhu et al., Texygen, 2018): mean over texts of the geometric mean of
    n-gram precisions against all others, n = 1..order, words at spaces. 0 nothing in common, 1 all the same."""
    from collections import Counter
    from math import exp, log

    grams = [[Counter(_ngrams(text.split(), n)) for text in texts] for n in range(1, order + 1)]
    scores = []
    for row in range(len(texts)):
        logs = []
        for of_order in grams:
            mine = of_order[row]
            most: Counter[tuple[str, ...]] = Counter()
            for other, counts in enumerate(of_order):
                if other != row:
                    most |= counts
            total = sum(mine.values())
            logs.append(log(max(sum((mine & most).values()), 1e-9) / total) if total else 0.0)
        scores.append(exp(sum(logs) / order))
    return sum(scores) / len(scores) if scores else 0.0


def _sentences(text: str, language: str) -> frozenset[str]:
    own = phrases(language)
    if own.between:
        return frozenset(part for part in text.replace("! ", "!\n").replace(". ", ".\n").split("\n") if part)
    return frozenset(part for part in text.replace("！", "！\n").replace("。", "。\n").split("\n") if part)


def _ngrams(words: Sequence[str], n: int) -> list[tuple[str, ...]]:
    return [tuple(words[at : at + n]) for at in range(len(words) - n + 1)]


def _draw(*words: str) -> int:
    return int.from_bytes(hashlib.blake2b("\x1f".join(words).encode(), digest_size=8).digest(), "big")
