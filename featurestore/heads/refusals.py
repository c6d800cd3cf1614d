"""How actions on heads say no: with a sentence for people."""


class Refused(Exception):
    """Nothing was changed; the message says why, and what would help."""


class NotNow(Refused):
    """It is being done already, or was a moment ago."""


class CannotTrainHere(Refused):
    """There is nothing to begin from: no head to succeed, no encoder."""
