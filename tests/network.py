"""Shuts the network: what is not this machine cannot be reached while a block lasts.

An audit hook sees every socket that Python opens, also those of libraries that keep a reference to the old functions.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_shut = False
_seen: list[str] = []


class NetworkShut(AssertionError):
    """Something wanted to go out."""


def _is_here(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = str(address[0])
    return host.startswith("127.") or host in {"::1", "localhost", "", "0.0.0.0", "::"}


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if not _shut:
        return
    if event in {"socket.connect", "socket.sendto"} and not _is_here(args[1]):
        _refuse(f"{event} {args[1]}")
    if event == "socket.getaddrinfo" and not _is_here((args[0] or "",)):
        _refuse(f"{event} {args[0]}")


def _refuse(what: str) -> None:
    _seen.append(what)
    raise NetworkShut(what)


sys.addaudithook(_hook)


@contextmanager
def shut() -> Iterator[list[str]]:
    """Yields the list of what wanted to go out: a library may swallow the error, the list it cannot."""
    global _shut
    _seen.clear()
    _shut = True
    try:
        yield _seen
    finally:
        _shut = False
