"""An app's end of the webhooks: a real HTTP server that checks signatures on its own and remembers what it was told."""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """`with Receiver(secret) as receiver:` listens on a free port; `events` holds (webhook id, event) in order."""

    def __init__(self, secret: str) -> None:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.forged = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                id, at = self.headers["webhook-id"], self.headers["webhook-timestamp"]
                mac = hmac.new(key, f"{id}.{at}.".encode() + body, hashlib.sha256).digest()
                good = f"v1,{base64.b64encode(mac).decode()}" in self.headers["webhook-signature"].split()
                if good and abs(time.time() - int(at)) < 300:
                    receiver.events.append((id, json.loads(body)))
                else:
                    receiver.forged += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> "Receiver":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def of(self, submission: str, type: str) -> list[dict[str, Any]]:
        """The events of this type about this submission, each id once (a receiver may hear the same one twice)."""
        heard = dict(self.events).values()
        return [event for event in heard if event["type"] == type and event["data"]["id"] == submission]

    def wait_for(self, submission: str, type: str, seconds: float = 30) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := self.of(submission, type):
                return found[0]
            time.sleep(0.1)
        raise AssertionError(f"no {type} about {submission}; heard {[e['type'] for _, e in self.events]}")
