"""Connections to somebody else's server, which may be slow, wrong or hostile: only to an address that was checked just
before, and with a deadline over all that happens on it."""

import ssl
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore


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


class CheckedBackend(httpcore.SyncBackend):
    """Resolves, checks and connects in one go. Names in certificates are still compared with the URL's host.

    `resolve` gives checked addresses or raises; `seconds` is asked at each connection for how long it may live.
    """

    def __init__(self, resolve: Callable[[str, int], list[str]], seconds: Callable[[], float]) -> None:
        self._resolve, self._seconds = resolve, seconds

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        deadline = time.monotonic() + self._seconds()
        last: Exception = httpcore.ConnectError("no address")
        for address in self._resolve(host, port)[:2]:
            try:
                inner = super().connect_tcp(address, port, timeout, local_address, socket_options)
                return _Stream(inner, deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last


def pool(
    resolve: Callable[[str, int], list[str]], seconds: Callable[[], float], connections: int
) -> httpcore.ConnectionPool:
    """Safe between threads, not between processes. Connections are not kept: the next one is checked again."""
    return httpcore.ConnectionPool(
        max_connections=connections,
        max_keepalive_connections=0,
        network_backend=CheckedBackend(resolve, seconds),
        retries=0,
    )
