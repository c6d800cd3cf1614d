"""What the executor holds in memory while it looks: parts opened, findings made, features found."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from moderation.detectors.base import Finding, Picture, Text
from moderation.intake.models import Part, PartKind, Submission


@dataclass(frozen=True)
class Made:
    """A finding with what the executor knows of it."""

    finding: Finding
    version: str
    ms: float


@dataclass
class PartLook:
    """One part, opened. `looks` is one picture or text, or a video's keyframes, shown at `seconds`."""

    part: Part
    looks: list[Picture] | list[Text]
    seconds: list[float] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    vectors: list[tuple[str, str, NDArray[np.float32]]] = field(default_factory=list)  # encoder, view, vector

    @property
    def kind(self) -> str:
        """What steps it is for: a video's keyframes are pictures."""
        return "text" if self.part.kind == PartKind.TEXT else "image"


@dataclass
class SubmissionLook:
    submission: Submission
    parts: list[PartLook]

    @property
    def settled(self) -> bool:
        """Is it clear that it will be rejected? Then the rest of the flow is spared (but not for the audit sample)."""
        return not self.submission.audit and not self.has_video and bool(self.reject_reasons)

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
