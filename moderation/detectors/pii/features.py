"""What the tagger reads of each token: its form, whether it is a known name, and the same of its neighbours. Pure."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from moderation.detectors.pii.gazetteer import folded, kinds_of, known
from moderation.detectors.pii.tokens import Token, is_wide

_RUNS = re.compile(r"(.)\1+")
_LONGEST_WIDE = 5  # characters of a name that is known in a script without spaces
_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "prof",
        "sir",
        "hr",
        "herr",
        "frau",
        "mme",
        "m",
        "sig",
        "signora",
        "pan",
        "pani",
        "fru",
        "señor",
        "señora",
        "sr",
        "sra",
    ]
)


@lru_cache(maxsize=50_000)
def form(word: str) -> tuple[str, ...]:
    """Features of a token alone, the same wherever it stands."""
    if word == "\n":
        return ("w=\\n", "line")
    first = word[0]
    if not first.isalnum():
        return (f"w={word}", "sign")
    if first.isdigit():
        return (
            f"d{min(len(word), 9)}" if word.isdecimal() else "dx",
            "digit",
            f"w={word}" if len(word) < 2 else "long",
        )
    low = folded(word)
    shape = _RUNS.sub(r"\1\1", "".join("X" if c.isupper() else "x" if c.isalpha() else "d" for c in word))
    found = [f"w={low}", f"s={shape}", f"f={low[:3]}", f"e2={low[-2:]}", f"e3={low[-3:]}", f"e4={low[-4:]}"]
    found += [f"e6={low[-6:]}"] if len(low) > 6 else []
    kinds = kinds_of(word)
    found += [f"is {kind}" for kind in kinds] + ["kind " + "+".join(kinds)]
    if low in _TITLES:
        found.append("title")
    if len(word) == 1:
        found.append("one")
    return tuple(found)


def _near(word: str) -> tuple[str, ...]:
    """Of a neighbour: fewer, or the tagger would learn sentences by heart."""
    kept = ("w=", "is ", "kind", "s=", "d", "sign", "line", "title", "e3=")
    return tuple(one for one in form(word) if one.startswith(kept))


def _unknown_near(word: str) -> tuple[str, ...]:
    return tuple(one for one in _near_of(word) if not one.startswith(("w=", "is ", "kind")))


_near_of = lru_cache(maxsize=50_000)(_near)


def _unknown(word: str) -> tuple[str, ...]:
    """A name as it is seen that is in no list."""
    return (*(one for one in form(word) if not one.startswith(("w=", "is ", "kind"))), "kind ")


def features(words: Sequence[Token], unknown: Collection[int] = ()) -> list[list[str]]:
    """A list of features a token. `unknown`: which of them are to be read as if in no list; for training, or all that
    is learned of names is that they are listed."""
    wide = _wide_names(words)
    rows: list[list[str]] = []
    size = len(words)
    for at, token in enumerate(words):
        row = list(_unknown(token.text) if at in unknown else form(token.text))
        for step in (-2, -1, 1, 2):
            other = at + step
            if 0 <= other < size:
                near = _unknown_near(words[other].text) if other in unknown else _near_of(words[other].text)
                row += [f"{step}:{one}" for one in (near if abs(step) == 1 else near[:1] + near[2:4])]
            else:
                row.append(f"{step}:edge")
        if at and at + 1 < size:
            row.append(f"b={folded(words[at - 1].text)}|{folded(words[at + 1].text)}")
        if at > 1:
            row.append(f"bb={folded(words[at - 2].text)}|{folded(words[at - 1].text)}")
        if is_wide(token.text) and at not in unknown:
            row += wide[at]
            row += [f"c-1={words[at - 1].text}{token.text}"] if at else []
            row += [f"c+1={token.text}{words[at + 1].text}"] if at + 1 < size else []
        rows.append(row)
    return rows


def _wide_names(words: Sequence[Token]) -> list[list[str]]:
    """For each token, whether it begins or is within a known name of a script without spaces."""
    found: list[list[str]] = [[] for _ in words]
    for at, token in enumerate(words):
        if not is_wide(token.text):
            continue
        run = ""
        for end in range(at, min(at + _LONGEST_WIDE, len(words))):
            if not is_wide(words[end].text):
                break
            run += words[end].text
            for kind in ("first", "last", "place"):
                if run in known(kind):
                    found[at].append(f"begins {kind}{len(run)}")
                    for inside in range(at + 1, end + 1):
                        found[inside].append(f"in {kind}{len(run)}")
    return found
