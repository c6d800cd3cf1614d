"""The written rules that turn evidence into labels. This is the one place to read or change them.

A rule that is changed gets a new version, and the old one stays: a head says which view it was trained on, and that
must still mean the same a year later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

# Strongest first: which evidence wins where several sources spoke. On an appeal another person looked again because
# somebody had said why the first was wrong. A second look was blind and later than the first; an
# audit was drawn at random, so it knows no selection; on the label page just this was asked, at the desk a reason was
# given for the whole; a rule has seen nothing, and who answered blind has only seen what others said of its neighbours.
STRENGTH: Mapping[str, float] = {
    "appeal": 6,
    "second_look": 5,
    "audit": 4,
    "labelling": 3.5,
    "moderator": 3,
    "import": 2,
    "weak": 1,
    "blind": 0.5,
}

# How many votes a source has where disagreement is kept: two rules and an import do not outvote a person.
VOTES: Mapping[str, float] = {
    "appeal": 1.0,
    "second_look": 1.0,
    "audit": 1.0,
    "labelling": 1.0,
    "moderator": 1.0,
    "import": 0.5,
    "weak": 0.2,
    "blind": 0.2,
}

PEOPLE: Mapping[str, float] = {
    name: STRENGTH[name] for name in ("appeal", "second_look", "audit", "labelling", "moderator")
}
# Without appeals: who appeals is not drawn at random.
FAIR: Mapping[str, float] = {name: STRENGTH[name] for name in ("second_look", "audit")}


@dataclass(frozen=True)
class View:
    """One rule. `sources`: which evidence counts at all, and its rank ("strongest") or its votes ("votes").

    `combine`: "strongest" takes the newest label of the highest rank, "newest" the newest of all, "votes" shares them
    out, "reliability" weighs each kind of labeller by how often it is right, as estimated from the evidence itself.
    """

    name: str
    version: int
    says: str
    combine: Literal["strongest", "newest", "votes", "reliability"]
    sources: Mapping[str, float]

    @property
    def full_name(self) -> str:
        return f"{self.name}@{self.version}"


def _before_appeals(ranks: Mapping[str, float]) -> dict[str, float]:
    return {name: rank for name, rank in ranks.items() if name != "appeal"}


VIEWS: tuple[View, ...] = (
    View(
        "strongest",
        2,
        "The newest label of the strongest source: appeal, second look, audit, label page, moderator, import, …",
        "strongest",
        STRENGTH,
    ),
    View("latest", 2, "The newest label, whoever gave it.", "newest", STRENGTH),
    View("people", 2, "As strongest, from what people said of what they saw.", "strongest", PEOPLE),
    View(
        "strongest",
        1,
        "The newest label of the strongest source: second look, audit, label page, moderator, import, weak, blind.",
        "strongest",
        _before_appeals(STRENGTH),
    ),
    View("latest", 1, "As latest@2, without appeals.", "newest", _before_appeals(STRENGTH)),
    View("people", 1, "As people@2, without appeals.", "strongest", _before_appeals(PEOPLE)),
    View(
        "fair",
        1,
        "As strongest, from audits and second looks alone: for estimates, not for training.",
        "strongest",
        FAIR,
    ),
    View("soft", 2, "Disagreement is kept: the share of votes for each value.", "votes", VOTES),
    View(
        "reliable",
        2,
        "The chance of each value, when every kind of labeller is trusted as far as it agrees with the others.",
        "reliability",
        STRENGTH,
    ),
    View("soft", 1, "As soft@2, without appeals.", "votes", _before_appeals(VOTES)),
    View("reliable", 1, "As reliable@2, without appeals.", "reliability", _before_appeals(STRENGTH)),
)
DEFAULT = "strongest"


@dataclass(frozen=True)
class Moved:
    """What a value meant under older policies. `to` "" : such a label says nothing any more."""

    task: str
    before: int  # policy versions below this one are meant; 0 (none) never is
    value: str
    to: str
    because: str


# A reason that moved between policies is written here, e.g. when from policy 3 on a drawn face is no face:
#     Moved("face", 3, "yes", "", "drawn faces were counted until then, and nobody knows which these were")
MOVED: tuple[Moved, ...] = ()


class UnknownView(LookupError):
    """There is no such rule; the message says which there are."""


def find(name: str = "") -> View:
    """A view by "name" (its newest version) or "name@version"; "" is the default. Raises UnknownView."""
    wanted = name or DEFAULT
    matching = [view for view in VIEWS if wanted in (view.name, view.full_name)]
    if not matching:
        raise UnknownView(f"there is no label view {name!r}; there are: {', '.join(v.full_name for v in VIEWS)}")
    return max(matching, key=lambda view: view.version)
