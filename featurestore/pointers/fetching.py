"""Fetches what a pointer points to, from configured hosts alone, and says how it went; it never raises for that."""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from urllib.parse import urljoin

import httpcore
from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import storages

from brickmod.outside.addresses import ForbiddenTarget, check_url, resolve
from brickmod.outside.connecting import pool
from featurestore.pointers.manifest import Pointer

REDIRECTS = 3
LONGEST_WISH = 5.0  # seconds; a server that asks for a longer pause is left
_HEADERS = [("user-agent", "BrickMod-Pointers/1"), ("accept", "*/*")]


class Outcome(StrEnum):
    """How reading one line went. Everything but OK is counted and passed over."""

    OK = "ok"
    MISSING = "missing"  # 403, 404, 410, 451, or no such file: it was taken down
    CHANGED = "changed"  # other bytes than those that were labelled
    TIMEOUT = "timeout"
    FAILED = "failed"  # the server or the connection, after all retries
    REFUSED = "refused"  # a host that is not configured, a private address, a redirect to one
    TOO_BIG = "too_big"
    UNREADABLE = "unreadable"  # the line is no pointer, or the bytes are no picture


@dataclass(frozen=True)
class Fetched:
    outcome: Outcome
    data: bytes = b""


class _Again(Exception):
    """Worth another try, after `pause` seconds if the server said so."""

    def __init__(self, outcome: Outcome, pause: float = 0.0) -> None:
        self.outcome, self.pause = outcome, pause


@dataclass
class Fetcher:
    """One a process: its connections do not survive a fork. Safe between threads.

    `hosts`: names that may be fetched from; ".example.com" means all below it. `seconds`: for one try, from connection
    to last byte. `most`: bytes of one thing. The defaults come from POINTER_HOSTS and POINTER_ALLOW_PRIVATE.
    """

    hosts: Sequence[str] = field(default_factory=lambda: settings.POINTER_HOSTS)
    allow_private: bool = field(default_factory=lambda: settings.POINTER_ALLOW_PRIVATE)
    seconds: float = 15.0
    retries: int = 2
    pause: float = 0.25
    most: int = 20_000_000
    connections: int = 32

    def __post_init__(self) -> None:
        self._pool = pool(partial(resolve, allow_private=self.allow_private), lambda: self.seconds, self.connections)

    @property
    def longest(self) -> float:
        """Seconds after which a fetch is over whatever the other side does: all tries, redirects and pauses."""
        return (self.retries + 1) * (self.seconds * (REDIRECTS + 1) + LONGEST_WISH)

    def fetch(self, pointer: Pointer) -> Fetched:
        got = self._file(pointer.key) if pointer.key else self._url(pointer.url)
        if got.outcome is Outcome.OK and pointer.sha256 and hashlib.sha256(got.data).hexdigest() != pointer.sha256:
            return Fetched(Outcome.CHANGED)
        return got

    def _file(self, key: str) -> Fetched:
        try:
            with storages["default"].open(key) as file:
                data = file.read(self.most + 1)
        except FileNotFoundError:
            return Fetched(Outcome.MISSING)
        except (SuspiciousFileOperation, ValueError):
            return Fetched(Outcome.REFUSED)
        except Exception:  # a storage has errors of its own kind; its client has tried again by itself
            return Fetched(Outcome.FAILED)
        return Fetched(Outcome.TOO_BIG) if len(data) > self.most else Fetched(Outcome.OK, data)

    def _url(self, url: str) -> Fetched:
        outcome = Outcome.FAILED
        for attempt in range(self.retries + 1):
            try:
                return self._follow(url)
            except ForbiddenTarget:
                return Fetched(Outcome.REFUSED)
            except _Again as again:
                outcome, wish = again.outcome, again.pause
            except httpcore.TimeoutException:
                outcome, wish = Outcome.TIMEOUT, 0.0
            except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
                outcome, wish = Outcome.FAILED, 0.0
            except (ValueError, httpcore.UnsupportedProtocol):
                return Fetched(Outcome.REFUSED)
            if wish > LONGEST_WISH:
                break
            if attempt < self.retries:
                time.sleep(max(wish, self.pause * 2**attempt))
        return Fetched(outcome)

    def _follow(self, url: str) -> Fetched:
        for _ in range(REDIRECTS + 1):
            check_pointer(url, self.hosts, allow_private=self.allow_private)
            timeout = {"connect": self.seconds, "read": self.seconds, "write": self.seconds, "pool": self.seconds}
            with self._pool.stream("GET", url, headers=_HEADERS, extensions={"timeout": timeout}) as response:
                headers = {name.lower(): value for name, value in response.headers}
                if response.status in (301, 302, 303, 307, 308) and b"location" in headers:
                    url = urljoin(url, headers[b"location"].decode("latin-1"))
                    continue
                return self._answer(response, headers)
        return Fetched(Outcome.FAILED)

    def _answer(self, response: httpcore.Response, headers: dict[bytes, bytes]) -> Fetched:
        if response.status in (403, 404, 410, 451):
            return Fetched(Outcome.MISSING)
        if response.status == 429 or response.status >= 500:
            wish = headers.get(b"retry-after", b"")
            raise _Again(Outcome.FAILED, float(wish) if wish.isdigit() and len(wish) < 7 else 0.0)
        if response.status != 200:
            return Fetched(Outcome.FAILED)
        length = headers.get(b"content-length", b"")
        if length.isdigit() and int(length) > self.most:
            return Fetched(Outcome.TOO_BIG)
        data = bytearray()
        for piece in response.iter_stream():
            data += piece
            if len(data) > self.most:
                return Fetched(Outcome.TOO_BIG)
        return Fetched(Outcome.OK, bytes(data))


def check_pointer(url: str, hosts: Sequence[str], *, allow_private: bool) -> None:
    """What can be said of an address without asking the DNS. Raises ForbiddenTarget."""
    host = check_url(url, allow_private=allow_private).lower().rstrip(".")
    if not any(host.endswith(name) if name.startswith(".") else host == name for name in map(str.lower, hosts)):
        raise ForbiddenTarget("This host is not among POINTER_HOSTS.")
