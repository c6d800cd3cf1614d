"""The flow of the prefilter, declared once. The executor runs it, the page /flow/ and the docs draw it.

A submission goes through the steps from top to bottom, all its parts together, several submissions at once when
several wait. Cheap steps come first: what is settled is spared the rest, unless it is in the audit sample.
"""

from dataclasses import dataclass
from typing import Literal

Does = Literal["encode", "detect"]


@dataclass(frozen=True)
class Step:
    """One step. `budget_ms` is for one part: a step that takes longer is an error and makes work for a person."""

    name: str
    kind: Literal["image", "text"]
    does: Does
    says: str
    may: Literal["reject", "keep"]
    budget_ms: int


FLOW: tuple[Step, ...] = (
    Step("quality", "image", "detect", "Black, blurred, one colour, a pocket shot?", "reject", 1000),
    Step("text features", "text", "encode", "Each text becomes a vector, once for all heads.", "keep", 2000),
    Step("harm", "text", "detect", "A threat, a child in need, somebody who draws a child away?", "keep", 1000),
    Step("profanity", "text", "detect", "Rude words, also disguised ones, in the child's language?", "reject", 2000),
    Step(
        "pii", "text", "detect", "A phone number, an address, a school, a full name, a place to meet?", "reject", 2000
    ),
    Step("face", "image", "detect", "A real person's face? A minifigure's does not count.", "reject", 3000),
    Step("codes", "image", "detect", "A QR code that leads to a page or to a person?", "keep", 1000),
    Step("picture features", "image", "encode", "Each picture becomes a vector, once for all heads.", "keep", 2000),
    Step("nudity", "image", "detect", "A naked body? Two models must agree before it is rejected.", "reject", 2000),
)

# Where one of these is suspected nothing is rejected by machine, whatever else was found, and a person sees it before
# all that waits: a child who may be in need is never turned away unread, and one who may be lured is not warned late.
AT_ONCE = frozenset({"self_harm", "grooming"})

# How long an answer may wait for the challengers, when the champions are done: for each part, and for a whole batch.
CHALLENGERS_MS = 100
CHALLENGERS_AT_MOST_MS = 500


def detectors() -> list[str]:
    return [step.name for step in FLOW if step.does == "detect"]
