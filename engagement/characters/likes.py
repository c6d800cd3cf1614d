"""Which characters like what, and when. Pure: creations and characters in, a plan out; the same in, the same out.

Fair by order: in each round a creation gets at most one like, and those that nobody liked come first, then those of
authors who have built the least. Times are spread over the hours in which a character is awake where the child lives,
each drawn on its own, as people come by: no two thousand likes at one minute past six.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

EACH = 2  # likes that a creation gets in one day's plan
AUTHOR_A_DAY = 3
CHARACTER_A_DAY = 5_000


@dataclass(frozen=True)
class Liked:
    """A creation that may be liked. `author` names app and pseudonym; `likes` it has; `built` by its author before."""

    id: str
    author: str
    theme: str
    language: str
    zone: str
    likes: int = 0
    built: int = 0


@dataclass(frozen=True)
class Liker:
    """A character. `themes` and `languages` (primary tags): empty means all."""

    slug: str
    themes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    wakes: int = 7
    sleeps: int = 19


@dataclass(frozen=True)
class Planned:
    creation: str
    character: str
    due_at: datetime


@dataclass
class _Given:
    """What the plan has given so far."""

    by_author: Counter[str] = field(default_factory=Counter)
    by_character: Counter[str] = field(default_factory=Counter)
    met: dict[str, set[str]] = field(default_factory=dict)


def plan(
    day: date,
    creations: Iterable[Liked],
    characters: Sequence[Liker],
    met: Mapping[str, set[str]] | None = None,
    *,
    each: int = EACH,
    author_a_day: int = AUTHOR_A_DAY,
    character_a_day: int = CHARACTER_A_DAY,
    not_before: datetime | None = None,
) -> list[Planned]:
    """The likes of one day. `met`: author -> slugs that liked something of theirs of late, and shall not again yet.

    A creation that no character fits, or whose author has had enough, gets none. Times are in UTC, on `day` where the
    child lives and not before `not_before`; who would have to like earlier than that does not like.
    """
    given = _Given(met={author: set(slugs) for author, slugs in (met or {}).items()})
    ordered = sorted(creations, key=lambda one: (one.likes, one.built, _draw(day, one.id)))
    planned: list[Planned] = []
    for round in range(each):
        for creation in ordered:
            if given.by_author[creation.author] >= author_a_day:
                continue
            known = given.met.setdefault(creation.author, set())
            fitting = [
                one
                for one in characters
                if one.slug not in known and given.by_character[one.slug] < character_a_day and _fits(one, creation)
            ]
            # Who has given least is asked first, so that no character is everywhere; chance decides between equals.
            fitting.sort(key=lambda one: (given.by_character[one.slug] // 50, _draw(day, creation.id, one.slug)))
            for character in fitting:
                due = _due(day, round, creation, character, not_before)
                if due is None:
                    continue
                planned.append(Planned(creation.id, character.slug, due))
                given.by_author[creation.author] += 1
                given.by_character[character.slug] += 1
                known.add(character.slug)
                break
    return planned


def gini(counts: Sequence[int]) -> float:
    """How unevenly something is shared: 0 all have the same, near 1 one has all. 0 where there is nothing to share."""
    values = np.sort(np.asarray(counts, np.float64))
    n, total = len(values), values.sum()
    if not n or not total:
        return 0.0
    return float((2 * np.arange(1, n + 1) - n - 1) @ values / (n * total))


def _fits(character: Liker, creation: Liked) -> bool:
    speaks = not character.languages or creation.language.split("-")[0] in character.languages
    return speaks and (not character.themes or creation.theme in character.themes)


def _due(day: date, round: int, creation: Liked, character: Liker, not_before: datetime | None) -> datetime | None:
    zone = ZoneInfo(creation.zone)
    start = datetime.combine(day, time(character.wakes), zone).astimezone(UTC)
    end = (datetime.combine(day, time(), zone) + timedelta(hours=character.sleeps)).astimezone(UTC)
    start = max(start, not_before) if not_before else start
    if start >= end:
        return None
    return start + (end - start) * _draw(day, creation.id, character.slug, str(round))


def _draw(day: date, *words: str) -> float:
    """A number in [0, 1) that only these words and the day decide."""
    raw = hashlib.blake2b("\x1f".join((day.isoformat(), *words)).encode(), digest_size=8).digest()
    return int.from_bytes(raw, "big") / 2**64
