"""Which past decisions a change touches, had it been in force then."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from moderation.feedback.content import Content, texts_of
from moderation.intake.models import DecidedBy, State, Submission

DAYS = 90
LOOKED_AT = 500  # of the newest rejections
SHOWN = 6


@dataclass(frozen=True)
class Reread:
    """What a child was told, and would have been."""

    language: str
    market: str
    codes: tuple[str, ...]
    old: str
    new: str


@dataclass(frozen=True)
class Touched:
    """Of `looked` newest rejections: `people` and `prefilter` were for a reason that changes, `other_words` would have
    read otherwise, `not_possible` could not have been for their reason."""

    looked: int
    people: int
    prefilter: int
    other_words: int
    not_possible: int
    by_reason: tuple[tuple[str, int], ...]
    samples: tuple[Reread, ...]


def touched(old: Content, new: Content, codes: set[str]) -> Touched:
    """`codes`: reasons of which something changes."""
    since = timezone.now() - timedelta(days=DAYS)
    rows = Submission.objects.filter(state=State.REJECTED, decided_at__gte=since).order_by("-decided_at")
    before, after = texts_of(old), texts_of(new)
    people = prefilter = other = gone = looked = 0
    by_reason: Counter[str] = Counter()
    samples: list[Reread] = []
    for language, market, by, reasons in rows.values_list("language", "market", "decided_by", "reasons")[:LOOKED_AT]:
        looked += 1
        named = tuple(str(reason["code"]) for reason in reasons)
        hit = codes & set(named)
        by_reason.update(hit)
        people += bool(hit) and by == DecidedBy.MODERATOR
        prefilter += bool(hit) and by == DecidedBy.PREFILTER
        gone += any(_offered(old, code, market) and not _offered(new, code, market) for code in named)
        told = [texts.feedback_for(named, language, market) for texts in (before, after)]
        if told[0] != told[1]:
            other += 1
            if len(samples) < SHOWN and (language, named) not in {(s.language, s.codes) for s in samples}:
                samples.append(Reread(language, market, named, *told))
    return Touched(looked, people, prefilter, other, gone, tuple(by_reason.most_common()), tuple(samples))


def _offered(content: Content, code: str, market: str) -> bool:
    reason = content["reasons"].get(code)
    there = content["markets"].get(code, {}).get(market, {})
    return bool(reason and not reason["retired"] and there.get("offered", True))
