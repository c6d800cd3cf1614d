"""A small app that hears our webhooks: to try them out, and to read how a receiver is built."""

import json
import signal
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from brickmod.outbox.signing import PREFIX, BadSignature, verify

MAX_BYTES = 1_000_000


class Receiver:
    """Checks what comes in, knows what it has had, and hands each event on once."""

    def __init__(self, secrets: list[str], show: Any) -> None:
        self.secrets, self.show = secrets, show
        self._seen: dict[str, None] = {}
        self._lock = threading.Lock()

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """The status to answer. Everything that is known already is answered well: it need not come again."""
        problem: BadSignature | None = None
        for secret in self.secrets:
            try:
                verify(secret, headers, body)
                break
            except BadSignature as error:
                problem = error
        else:
            self.show(f"refused: {problem}")
            return 401
        message_id = headers["webhook-id"]
        with self._lock:
            again = message_id in self._seen
            self._seen[message_id] = None
            while len(self._seen) > 10_000:
                self._seen.pop(next(iter(self._seen)))
        try:
            event = json.loads(body)
            self.show(f"{event['type']}  {_line(event['data'])}{'  (again)' if again else ''}")
        except (ValueError, KeyError, TypeError):
            self.show("refused: not an event")
            return 400
        return 204


def _line(data: dict[str, Any]) -> str:
    """What a person looks for, in one line."""
    known = [str(data[name]) for name in ("external_id", "status") if data.get(name)]
    reasons = ", ".join(str(reason.get("code")) for reason in data.get("reasons") or [])
    said = data.get("feedback")
    return "  ".join([*known, *([f"[{reasons}]"] if reasons else []), *([f"“{said}”"] if said else [])])


def server(port: int, receiver: Receiver) -> ThreadingHTTPServer:
    """Listens on this machine alone; port 0 takes a free one."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 20  # seconds; who is slower is not us

        def do_POST(self) -> None:
            size = self.headers.get("content-length", "")
            if not size.isdigit() or int(size) > MAX_BYTES:
                self.send_error(413)
                return
            body = self.rfile.read(int(size))
            status = receiver.take({name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """What is to be said is said by the receiver."""

    made = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    made.daemon_threads = True
    return made


class Command(BaseCommand):
    help = "Listens for webhooks on this machine, verifies their signatures and prints the events."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=9000)
        parser.add_argument("--secret", action="append", help="whsec_…; without it, those of the demo's apps.")

    def handle(self, *args: Any, **options: Any) -> None:
        secrets = options["secret"] or _demo_secrets()
        if not secrets:
            raise CommandError("No demo is loaded here: give the endpoint's secret with --secret whsec_….")
        if not all(secret.startswith(PREFIX) for secret in secrets):
            raise CommandError("A secret starts with whsec_.")
        try:
            listening = server(options["port"], Receiver(secrets, self._show))
        except OSError as error:
            raise CommandError(f"Port {options['port']} is taken: choose another one with --port.") from error
        self._show(f"listening on http://127.0.0.1:{listening.server_port}/, Ctrl-C ends")
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            listening.serve_forever()
        except KeyboardInterrupt:
            self._show("bye")
        finally:
            listening.server_close()

    def _show(self, line: str) -> None:
        self.stdout.write(f"{datetime.now():%H:%M:%S}  {line}")
        self.stdout.flush()


def _demo_secrets() -> list[str]:
    path = Path(settings.VAR) / "demo.json"
    if not path.is_file():
        return []
    demo = json.loads(path.read_text())
    found = [demo.get("webhook_secret"), *(app.get("webhook_secret") for app in demo.get("apps", []))]
    return list(dict.fromkeys(secret for secret in found if secret))
