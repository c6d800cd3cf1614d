"""What goes when a submission is erased, and when an author is."""

from collections.abc import Callable

from django.db import transaction

from brickmod.access.audit import record
from brickmod.access.models import App, User, Verb
from brickmod.outbox.actions import forget as forget_events
from moderation.authors.models import OPEN, Author, Follows, Measure, Strike
from moderation.intake.actions import Held, ask_to_scrub, erase
from moderation.intake.models import ErasureReceipt, State, Submission

# What other rooms keep of an author beside submissions: each takes (app, name), lets go of it, and says how many.
Hook = Callable[[App, str], int]
_hooks: list[Hook] = []


def on_author_erasure(hook: Hook) -> Hook:
    if hook not in _hooks:
        _hooks.append(hook)
    return hook


def forget_submission(submission: Submission) -> dict[str, int]:
    """A submission is erased (in the erasing transaction): no strike leads to it any more.

    A strike stays as a reason, points and a day while the author has other submissions, or erasing one would be a way
    around what follows. With the last one everything goes, but a ban that holds: that is forgotten when it is over, or
    when the app erases the author.
    """
    Strike.objects.filter(submission=submission).update(submission=None, decision=None)
    author = Author.objects.filter(app=submission.app, name=submission.author).first()
    if author is None:
        return {"authors": 0}
    others = Submission.objects.filter(app=submission.app, author=submission.author).exclude(id=submission.id)
    held = Measure.objects.filter(author=author, state__in=OPEN, follows=Follows.BAN).exists()
    if held or others.exclude(state=State.WITHDRAWN).exists():
        return {"authors": 0}
    _forget(author)
    return {"authors": 1}


def erase_author(app: App, name: str, by: User | None = None) -> ErasureReceipt | None:
    """Everything of an author goes: submissions with all that hangs on them, strikes, measures, hints, appeals, events.

    First the submissions, one by one, each with a receipt of its own; then what is remembered of the author. A crash
    between leaves less than before, and asking again ends it. What is under a legal hold stays, and is
    counted as `held`. None: there was nothing. Raises Held when there was nothing but that.
    """
    gone = sum(hook(app, name) for hook in _hooks)
    receipts, held = [], 0
    for row in Submission.objects.filter(app=app, author=name).select_related("app"):
        try:
            receipts.append(erase(row, by=by))
        except Held:
            held += 1
    with transaction.atomic():
        author = Author.objects.select_for_update().filter(app=app, name=name).first()
        if author is None and not receipts and not gone:
            if held:
                raise Held(str(held))
            return None
        counts = {"submissions": len(receipts), "others": gone, "authors": 0, "strikes": 0, "measures": 0, "events": 0}
        counts |= {"held": held} if held else {}
        if author is not None:
            counts |= {"authors": 1, "strikes": author.strikes.count(), "measures": author.measures.count()}
            counts["events"] = _forget(author)
        receipt = ErasureReceipt.objects.create(app=app, counts=counts)
        record(Verb.ERASE, "receipt", receipt.id, app=None if by else app, user=by)
    transaction.on_commit(ask_to_scrub)
    return receipt


def _forget(author: Author) -> int:
    events = forget_events(author.id)
    author.delete()
    return events
