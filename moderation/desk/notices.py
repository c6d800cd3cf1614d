"""Sentences beside a submission that come from rooms above the desk: they join here when Django starts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from moderation.intake.models import Submission


@dataclass(frozen=True)
class Notice:
    """`href`: where one reads more; "" for nowhere."""

    says: str
    href: str = ""


Source = Callable[[Submission], Iterable[Notice]]
_sources: list[Source] = []


def also(source: Source) -> Source:
    """It is asked for every submission that somebody is shown, so it must be quick."""
    if source not in _sources:
        _sources.append(source)
    return source


def notices(submission: Submission) -> list[Notice]:
    return [notice for source in _sources for notice in source(submission)]
