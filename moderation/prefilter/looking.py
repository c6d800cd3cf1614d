"""What the executor holds in memory while it looks: parts opened, findings made, features found."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from featurestore.heads.models import Alias
from featurestore.heads.serving import Served
from moderation.detectors.base import Box, Finding, Picture, Text
from moderation.intake.models import Part, PartKind, Submission
from moderation.prefilter.flow import AT_ONCE


@dataclass(frozen=True)
class Made:
    """A finding that counts, with what the executor knows of it. `ms`: all of the detector's work on this part.

    Of a detector with heads: `served`, whose finding it is, and `head_ms`, what its head alone took.
    """

    finding: Finding
    version: str
    ms: float
    served: Served | None = None
    head_ms: float = 0.0

    @property
    def alias(self) -> str:
        return self.served.alias if self.served else str(Alias.CHAMPION)


@dataclass(frozen=True)
class Beside:
    """A finding that did not count: a challenger's, or the champion's where a challenger counted in its place.
    `ms`: what the head took."""

    served: Served
    finding: Finding
    ms: float


@dataclass
class PartLook:
    """One part, opened. `looks` is one picture or text, or a video's keyframes, shown at `seconds`.

    `seen`: by detector, what its heads judge of each look, until all have.
    """

    part: Part
    looks: list[Picture] | list[Text]
    seconds: list[float] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    vectors: list[tuple[str, str, NDArray[np.float32]]] = field(default_factory=list)  # encoder, view, vector
    seen: dict[str, list[Any]] = field(default_factory=dict)
    beside: list[Beside] = field(default_factory=list)

    def has_answer(self, head: int) -> bool:
        """Of the head with this id?"""
        return any(made.served and made.served.id == head for made in self.made) or any(
            one.served.id == head for one in self.beside
        )

    def count_instead(self, challenger: Served, finding: Finding, ms: float) -> None:
        """The challenger's finding counts in place of the champion's, which was made last."""
        champion = self.made[-1]
        assert champion.served, "a detector without heads has no challengers"
        self.made[-1] = Made(finding, challenger.version, champion.ms + ms, challenger, ms)
        self.beside.append(Beside(champion.served, champion.finding, champion.head_ms))

    def compared(self) -> list[tuple[Beside, Beside]]:
        """(champion, challenger) for every challenger that judged this part as the champion did, whichever counted.
        Only heads that are registered, and no errors."""
        made = [Beside(m.served, m.finding, m.head_ms) for m in self.made if m.served and m.served.id]
        all_ = sorted((one for one in made + self.beside if one.finding.verdict != "error"), key=_by_detector)
        pairs = []
        for _, some in groupby(all_, _by_detector):
            heads = list(some)
            pairs += [
                (champion, other)
                for champion in heads
                if champion.served.alias == Alias.CHAMPION
                for other in heads
                if other.served.alias != Alias.CHAMPION
            ]
        return pairs

    @property
    def kind(self) -> str:
        """What steps it is for: a video's keyframes are pictures."""
        return "text" if self.part.kind == PartKind.TEXT else "image"


def _by_detector(one: Beside) -> str:
    return one.finding.detector


def of_part(part: PartLook, findings: Sequence[Finding]) -> Finding:
    """What is said of a video is what is said of its worst frame; its boxes say at which second they are."""
    if part.part.kind != PartKind.VIDEO:
        return findings[0]
    order = {"pass": 0, "error": 1, "flag": 2, "reject": 3}
    worst = max(range(len(findings)), key=lambda n: (order[findings[n].verdict], findings[n].score))
    found = findings[worst]
    at = f"{part.seconds[worst]:.1f} s"
    boxes = tuple(replace(e, label=f"{e.label} at {at}") if isinstance(e, Box) else e for e in found.evidence)
    return replace(found, evidence=boxes, note=f"{found.note} (at {at})".strip() if found.verdict != "pass" else "")


@dataclass
class SubmissionLook:
    submission: Submission
    parts: list[PartLook]

    @property
    def settled(self) -> bool:
        """Is it clear that it will be rejected? Then the rest of the flow is spared (but not for the audit sample)."""
        return not self.submission.audit and not self.has_video and not self.at_once and bool(self.reject_reasons)

    @property
    def at_once(self) -> bool:
        """Must a person see it before all that waits?"""
        return any(reason in AT_ONCE for verdict, reason, _ in self.told if verdict in {"flag", "reject"})

    @property
    def has_video(self) -> bool:
        return any(look.part.kind == PartKind.VIDEO for look in self.parts)

    @property
    def reject_reasons(self) -> list[str]:
        """Reason codes of all rejecting findings, each once, in the order of the flow."""
        codes = [m.finding.reason for look in self.parts for m in look.made if m.finding.verdict == "reject"]
        return list(dict.fromkeys(codes))

    @property
    def doubtful(self) -> bool:
        """Did a detector flag, reject or fail? Then a person should look first."""
        return any(made.finding.verdict != "pass" for look in self.parts for made in look.made)

    @property
    def told(self) -> list[tuple[str, str, float]]:
        """(verdict, reason, score) of every finding that counts."""
        return [(m.finding.verdict, m.finding.reason, m.finding.score) for look in self.parts for m in look.made]
