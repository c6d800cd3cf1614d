"""What is said of a file that is not taken."""

from typing import Literal


class BadFile(Exception):
    """A file from outside that nobody should read on.

    `status` is the HTTP status that fits: 413 too large (bytes, pixels, seconds), 415 a kind that is not taken,
    400 broken. `detail` is one clear sentence for whoever called the API; it never repeats what the file says.
    """

    def __init__(self, status: Literal[400, 413, 415], detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
