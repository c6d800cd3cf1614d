"""One POST to somebody else's server, which may be slow, wrong or hostile.

No redirects, no proxies, no cookies, no reading of what is answered beyond the status; a deadline over all of it; and
a connection only to an address that was checked just before.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import httpcore

from brickmod.outbox.targets import ForbiddenTarget, check_url, resolve
from brickmod.outside.connecting import pool

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


@cache
def _pool() -> httpcore.ConnectionPool:
    return pool(resolve, lambda: DEADLINE_SECONDS, 64)


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
