"""How a person wants to see what was flagged; kept here, so that it holds on whatever machine they sit at."""

from collections.abc import Iterable, Mapping
from typing import Any

from moderation.care import veils
from moderation.care.models import Comfort
from moderation.intake.models import Part, Submission

FLAGGED = frozenset({"flag", "reject"})


def own_of(user: Any) -> dict[str, Any]:
    """What this person chose. One query the first time; then kept on the object, which lives as long as a request."""
    if not hasattr(user, "_comfort"):
        user._comfort = Comfort.objects.filter(person_id=user.pk).values_list("own", flat=True).first() or {}
    found: dict[str, Any] = user._comfort
    return found


def keep(user: Any, wanted: Mapping[str, bool], by_reason: Mapping[str, Mapping[str, bool]]) -> None:
    own = veils.differing(wanted, by_reason)
    Comfort.objects.update_or_create(person_id=user.pk, defaults={"own": own})
    user._comfort = own


def veil_of(user: Any, part: Part, submission: Submission | None = None, flagged: bool = False) -> str:
    """The classes of the frame in which `part` is drawn for `user`: "" for none. A text has none.

    Flagged is what a detector pointed at, every picture of a submission that was rejected, and what the page says is
    (`flagged`). Prefetch the part's findings; give `submission` where the part does not have it at hand.
    """
    if part.kind == "text":
        return ""
    found = [finding for finding in part.findings.all() if finding.verdict in FLAGGED]
    whole = submission or part.submission
    reasons = {finding.reason for finding in found if finding.reason} | set(_told(whole.reasons))
    return veils.classes(own_of(user), sorted(reasons), flagged or bool(found or whole.reasons))


def muted(user: Any) -> bool:
    return veils.chosen(own_of(user), "mute")


def _told(reasons: Iterable[Any]) -> list[str]:
    return [str(reason.get("code", "")) for reason in reasons if isinstance(reason, Mapping)]
