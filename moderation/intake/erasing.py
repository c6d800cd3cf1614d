"""What other rooms keep of a submission, and must let go of before it is erased. They join here when Django starts,
so that intake need not know them."""

from collections import Counter
from collections.abc import Callable

from moderation.intake.models import Submission

# Takes the submission, lets go of what the room keeps, and returns how many of what that was: {"features": 3}.
Hook = Callable[[Submission], dict[str, int]]
_hooks: list[Hook] = []


def on_erasure(hook: Hook) -> Hook:
    """Register a function that is called in the erasing transaction, while the rows are still there."""
    if hook not in _hooks:
        _hooks.append(hook)
    return hook


def before_erasure(submission: Submission) -> dict[str, int]:
    """Let every room let go. Returns what they counted, for the receipt."""
    counts: Counter[str] = Counter()
    for hook in _hooks:
        counts.update(hook(submission))
    return dict(counts)
