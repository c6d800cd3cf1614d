"""What people's decisions tell of pairs of heads, while links lead from a submission to its pairs."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from featurestore.compare import actions
from featurestore.compare.models import Pair
from moderation.feedback.models import Reason
from moderation.intake.models import Submission
from moderation.prefilter.links import pairs_of


def label(submission: Submission, outcome: str, reasons: Sequence[str]) -> None:
    """Tell the pairs what a person decided: nothing of what any task looks for is in what was approved. In what was
    rejected there is what the reasons' tasks look for, in one part for each that the champion pointed at; where it
    pointed at none, in the part that either head found likeliest. Of everything else nothing is known."""
    if outcome != "reject":
        actions.label(_ids(submission), False)
        return
    for rows in _by_heads(submission, _tasks(reasons)):
        meant = [pair for pair in rows if pair.champion_hit]
        if not meant:
            meant = [max(rows, key=lambda pair: (max(pair.champion_score, pair.challenger_score), pair.id))]
        actions.label([pair.id for pair in meant], True)


def deny(submission: Submission, reasons: Sequence[str]) -> None:
    """A person says that it was not what it was rejected for."""
    for rows in _by_heads(submission, _tasks(reasons)):
        actions.label([pair.id for pair in rows], False)


def unlabel(submission: Submission) -> None:
    """A decision was taken back."""
    actions.label(_ids(submission), None)


def forget(submission: Submission) -> dict[str, int]:
    """Take a submission's pairs away while the links still lead there (in the erasing transaction)."""
    return {"pairs": actions.forget(_ids(submission))}


def _ids(submission: Submission) -> list[UUID]:
    return [id for _, id in pairs_of(list(submission.parts.all()))]


def _tasks(reasons: Sequence[str]) -> set[str]:
    return set(Reason.objects.filter(code__in=reasons).values_list("task", flat=True)) - {""}


def _by_heads(submission: Submission, tasks: set[str]) -> list[list[Pair]]:
    """The submission's pairs of these tasks, those of the same two heads together."""
    groups: dict[tuple[int, int], list[Pair]] = defaultdict(list)
    if tasks:
        for pair in Pair.objects.filter(id__in=_ids(submission), task__in=tasks):
            groups[pair.champion_id, pair.challenger_id].append(pair)
    return list(groups.values())
