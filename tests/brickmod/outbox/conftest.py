"""A real server that an app could have, and endpoints that lead to it."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from brickmod.outbox.models import Endpoint


@dataclass
class Heard:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`answers[path]`: a status, "hang up", "slow", "drip" or a function of what was heard. Others: 200."""

    url: str
    heard: list[Heard] = field(default_factory=list)
    answers: dict[str, object] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    released: threading.Event = field(default_factory=threading.Event)

    def at(self, path: str) -> list[Heard]:
        return [one for one in self.heard if one.path == path]


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard = Heard(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            receiver.heard.append(heard)
            answer = receiver.answers.get(self.path, 200)
            answer = answer(heard) if callable(answer) else answer
            if answer == "hang up":
                self.connection.close()
                return
            if answer == "slow":
                receiver.released.wait(20)
                answer = 200
            if answer == "drip":
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                for _ in range(200):
                    try:
                        self.wfile.write(b"x: y\r\n")
                    except OSError:
                        return
                    time.sleep(0.05)
            self.send_response(int(answer))  # type: ignore[call-overload]
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(b"x" * 200_000)
            except OSError:
                return  # nobody reads that much

        do_GET = do_POST

        def log_message(self, *args: object) -> None:
            """Quiet."""

    return Handler


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    server.daemon_threads = True
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield receiver
    receiver.released.set()
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.fixture
def endpoint(receiver: Receiver, calling_app) -> Endpoint:
    return Endpoint.objects.create(app=calling_app, url=receiver.url + "/hook")


@pytest.fixture
def make_endpoint(receiver: Receiver, calling_app) -> Callable[..., Endpoint]:
    def make_endpoint(path: str, **fields) -> Endpoint:
        return Endpoint.objects.create(**{"app": calling_app, "url": receiver.url + path, **fields})

    return make_endpoint
