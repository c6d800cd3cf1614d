"""MLflow's REST interface, as much of it as the mirror needs.

Not by mlflow's own client: importing that takes seconds and a hundred megabytes in every process that may change who
serves, its requests are tried again for minutes, and none of it is needed for a dozen calls that are documented and
have been the same since MLflow 2. Nothing here loads a model.
"""

import base64
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpcore
from django.conf import settings

from brickmod.outside.connecting import pool

CONNECT = 1.0  # seconds; it is a server of ours, near by
SECONDS = 10.0  # for everything that one Mlflow is asked


class Unreachable(Exception):
    """MLflow does not answer in time, or not as it should. The message is a sentence for people."""


class SaysNo(Unreachable):
    """MLflow answered, and refused. `code` is its word for why, e.g. RESOURCE_ALREADY_EXISTS."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Mlflow:
    """A conversation with the server of the settings that ends, whatever happens, after `seconds` (None: SECONDS).

    Every call raises Unreachable: refused, too slow, not an http address, not an answer of MLflow's.
    """

    def __init__(self, seconds: float | None = None, uri: str = "") -> None:
        self.uri = (uri or str(settings.MLFLOW_TRACKING_URI)).rstrip("/")
        if urlsplit(self.uri).scheme not in ("http", "https"):
            raise Unreachable(f"MLflow is spoken to by http, and MLFLOW_TRACKING_URI is {self.uri}.")
        self._end = time.monotonic() + (SECONDS if seconds is None else seconds)
        # The address is the operator's own, so any that its name has will do; what counts is the deadline.
        self._pool = pool(lambda host, port: [host], self._left, connections=1)

    def get(self, path: str, **parameters: str) -> dict[str, Any]:
        query = f"?{urlencode(parameters)}" if parameters else ""
        return self._json(self._send("GET", f"/api/2.0/mlflow/{path}{query}"))

    def post(self, path: str, verb: str = "POST", **body: Any) -> dict[str, Any]:
        raw = json.dumps(body).encode()
        return self._json(self._send(verb, f"/api/2.0/mlflow/{path}", raw, "application/json"))

    def upload(self, artifact_uri: str, name: str, content: bytes) -> None:
        """Put a file below a run's `artifact_uri`. The server has to pass artifacts on, as it does by default."""
        parts = urlsplit(artifact_uri)
        if parts.scheme != "mlflow-artifacts":
            raise Unreachable(f"MLflow has to pass files on (--serve-artifacts); it names {parts.scheme}: for them.")
        self._send(
            "PUT",
            f"/api/2.0/mlflow-artifacts/artifacts{quote(parts.path)}/{quote(name)}",
            content,
            "application/octet-stream",
        )

    def alive(self) -> None:
        """Raises Unreachable unless the server answers."""
        self._send("GET", "/health")

    def _left(self) -> float:
        return max(0.0, self._end - time.monotonic())

    def _send(self, verb: str, path: str, content: bytes = b"", kind: str = "") -> bytes:
        left = self._left()
        where = urlsplit(self.uri).netloc.rpartition("@")[2]
        if left <= 0:
            raise Unreachable(f"MLflow at {where} takes too long to answer.")
        timeout = dict.fromkeys(("read", "write", "pool"), left) | {"connect": min(CONNECT, left)}
        headers = [*_credentials().items(), *([("Content-Type", kind)] if kind else [])]
        try:
            answer = self._pool.request(
                verb, self.uri + path, headers=headers, content=content, extensions={"timeout": timeout}
            )
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise Unreachable(f"MLflow at {where} takes too long to answer.") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as error:
            raise Unreachable(f"MLflow at {where} does not answer.") from error
        if answer.status >= 400:
            raise _no(where, answer.status, answer.content)
        return answer.content

    def _json(self, raw: bytes) -> dict[str, Any]:
        try:
            found = json.loads(raw or b"{}")
        except ValueError as error:
            raise Unreachable(f"What answers at {self.uri} is not MLflow.") from error
        if not isinstance(found, dict):
            raise Unreachable(f"What answers at {self.uri} is not MLflow.")
        return found


def _credentials() -> dict[str, str]:
    if token := settings.MLFLOW_TRACKING_TOKEN:
        return {"Authorization": f"Bearer {token}"}
    if name := settings.MLFLOW_TRACKING_USERNAME:
        pair = f"{name}:{settings.MLFLOW_TRACKING_PASSWORD}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    return {}


def _no(where: str, status: int, raw: bytes) -> SaysNo:
    try:
        told: Mapping[str, Any] = json.loads(raw)
        code, message = str(told["error_code"]), str(told.get("message", ""))
    except (ValueError, KeyError, TypeError):
        code, message = str(status), f"status {status}"
    return SaysNo(f"MLflow at {where} refuses: {message[:200]}", code)
