"""Why something is not done: sentences for a person."""


class TooLate(Exception):
    """The app was told; a sentence for a person."""


class Gone(Exception):
    """It is not what this person saw any more; a sentence for them."""
