"""One POST to somebody else's server, which may be slow, wrong or hostile.

No redirects, no proxies, no cookies, no reading of what is answered beyond the status; a deadline over all of it; and
a connection only to an address that was checked just before.
"""

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import httpcore

from brickmod.outbox.targets import ForbiddenTarget, check_url, resolve

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
DEADLINE_SECONDS = 20.0  # from the connection on: a server that sends a byte every nine seconds is cut off


_OURS = {"content-type": "application/json", "user-agent": "BrickMod-Webhooks/1"}


@dataclass(frozen=True)
class Answer:
    """How it went. `gone`: the receiver wants no more, ever (410). `wish`: how long it asked us to wait."""

    status: int | None = None
    error: str = ""
    gone: bool = False
    wish: timedelta = timedelta(0)

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class _Stream(httpcore.NetworkStream):
    """A connection on which nothing waits past the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self._inner, self._deadline = inner, deadline

    def _left(self, timeout: float | None, error: type[Exception]) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise error("deadline")
        return min(left, timeout) if timeout is not None else left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _CheckedBackend(httpcore.SyncBackend):
    """Resolves, checks and connects in one go. Names in certificates are still compared with the URL's host."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        deadline = time.monotonic() + DEADLINE_SECONDS
        last: Exception = httpcore.ConnectError("no address")
        for address in resolve(host, port)[:2]:
            try:
                inner = super().connect_tcp(address, port, timeout, local_address, socket_options)
                return _Stream(inner, deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last


@cache
def _pool() -> httpcore.ConnectionPool:
    """One a process, safe between threads. Connections are not kept: the next one is checked again."""
    return httpcore.ConnectionPool(
        max_connections=64, max_keepalive_connections=0, network_backend=_CheckedBackend(), retries=0
    )


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Sends `body` and says how it went; never raises for what the other side does."""
    try:
        check_url(url)
        with _pool().stream(
            "POST",
            url,
            headers=list({**headers, **_OURS}.items()),
            content=body,
            extensions={
                "timeout": {"connect": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS, "pool": 5.0}
            },
        ) as response:
            return _answer(response)
    except ForbiddenTarget as error:
        return Answer(error=str(error))
    except httpcore.TimeoutException:
        return Answer(error="No answer in time.")
    except httpcore.ConnectError as error:
        return Answer(error="The certificate is not good." if "CERTIFICATE" in str(error) else "Could not connect.")
    except (httpcore.NetworkError, httpcore.ProtocolError):
        return Answer(error="The connection broke off.")
    except (OSError, ValueError, httpcore.UnsupportedProtocol) as error:
        return Answer(error=f"Could not be sent: {type(error).__name__}.")


def _answer(response: httpcore.Response) -> Answer:
    status = response.status
    if 200 <= status < 300:
        return Answer(status)
    if 300 <= status < 400:
        return Answer(status, "Redirects are not followed; enter the final address.")
    wish = next((value for name, value in response.headers if name.lower() == b"retry-after"), b"")
    seconds = int(wish) if wish.isdigit() and len(wish) < 7 else 0
    return Answer(status, f"Answered {status}.", gone=status == 410, wish=timedelta(seconds=seconds))
