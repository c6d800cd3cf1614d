"""What other rooms keep of a submission, and must let go of before it is erased. They join here when Django starts,
so that intake need not know them."""

from collections.abc import Callable

from moderation.intake.models import Submission

_hooks: list[Callable[[Submission], None]] = []


def on_erasure(hook: Callable[[Submission], None]) -> Callable[[Submission], None]:
    """Register a function that is called in the erasing transaction, while the rows are still there."""
    if hook not in _hooks:
        _hooks.append(hook)
    return hook


def before_erasure(submission: Submission) -> None:
    for hook in _hooks:
        hook(submission)
