"""Why an action of the desk did not happen. Each says it in a sentence that a moderator can read."""


class DeskError(Exception):
    """Nothing was changed."""


class NotYours(DeskError):
    """The submission is not (or no longer) this person's: somebody else has it, it is decided, or it is gone."""


class TooLate(DeskError):
    """The undo window is over, or the answer is on its way to the app."""


class BadReason(DeskError):
    """A rejection without a reason, an approval with one, or a reason that is not offered."""


class BadPlace(DeskError):
    """A queue to which nothing can be passed, or a time to which nothing can be set aside."""


class BadMark(DeskError):
    """A mark on a part that is not of this submission, or not within it."""
