"""What champion and challenger cost, in euros and in a reviewer's minutes, for each 1,000 uploads.

What is rejected costs no look; what is not is looked at by a person. Unit costs are guesses that whoever decides can
change, so they are given, never hidden in a score.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Costs:
    """In euros, but `look_seconds`: how long a person looks at one part that was not rejected."""

    reviewer_minute: float = 0.60
    look_seconds: float = 12.0
    rejected_good: float = 2.00
    missed: float = 1.00

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not 0 <= value < 1e9:
                raise ValueError(f"{name} must be 0 or more")
