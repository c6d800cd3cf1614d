"""What a run says: one line an event, with the time and the process in front, in colour on a terminal."""

import contextlib
import datetime
import itertools
import sys
import threading

from rich.console import Console as Terminal
from rich.text import Text

COLOURS = ("cyan", "green", "yellow", "blue", "magenta", "bright_cyan", "bright_green")
WIDTH = 8


class Console:
    """Lines of many processes, never torn into each other."""

    def __init__(self) -> None:
        self._terminal = Terminal(file=sys.stdout, highlight=False, soft_wrap=True)
        self._lock = threading.Lock()
        self._colours: dict[str, str] = {"run": "bold white"}
        self._next = itertools.cycle(COLOURS)

    def line(self, name: str, text: str, style: str = "") -> None:
        with self._lock:
            colour = self._colours.setdefault(name, next(self._next))
            prefix = f"{datetime.datetime.now():%H:%M:%S} {name:<{WIDTH}}│ "
            self._write(Text.assemble((prefix, colour), (text, style)))

    def say(self, text: str, style: str = "") -> None:
        """A line of the run itself."""
        self.line("run", text, style)

    def plain(self, text: str = "", style: str = "") -> None:
        with self._lock:
            self._write(Text(text, style))

    def _write(self, text: Text) -> None:
        with contextlib.suppress(OSError):  # whoever read our output is gone: no reason to stop moderating
            self._terminal.print(text)
