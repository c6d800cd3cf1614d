"""A real server with pictures on it, some of which are gone, slow, changed or huge."""

import hashlib
import io
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from PIL import Image

from featurestore.pointers.fetching import Fetcher
from featurestore.pointers.manifest import Pointer


@dataclass
class Shop:
    """`shelf[path]`: bytes, a status, (status, headers), "hang up", "slow", "drip", or a list of these, one a visit."""

    url: str
    shelf: dict[str, object] = field(default_factory=dict)
    visits: Counter = field(default_factory=Counter)
    at_once: int = 0
    most_at_once: int = 0
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, path: str, colour: int) -> Pointer:
        out = io.BytesIO()
        Image.new("RGB", (8, 8), (colour % 256, colour // 256 % 256, 7)).save(out, "PNG")
        self.shelf[path] = out.getvalue()
        return self.pointer(path, hashlib.sha256(out.getvalue()).hexdigest())

    def pointer(self, path: str, sha256: str = "") -> Pointer:
        return Pointer("space", date(2026, 3, 1), url=self.url + path, sha256=sha256)


def _handler(shop: Shop) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with shop.lock:
                answer = shop.shelf.get(self.path, 404)
                if isinstance(answer, list):
                    answer = answer[min(shop.visits[self.path], len(answer) - 1)]
                shop.visits[self.path] += 1
                shop.at_once += 1
                shop.most_at_once = max(shop.most_at_once, shop.at_once)
            try:
                self._give(answer)
            except OSError:
                pass  # the reader left
            finally:
                with shop.lock:
                    shop.at_once -= 1

        def _give(self, answer: object) -> None:
            if answer == "hang up":
                self.connection.close()
                return
            if answer == "slow":
                shop.released.wait(20)
            if answer == "drip":
                self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                while not shop.released.wait(0.05):
                    self.wfile.write(b"x")
                return
            status, headers, body = 200, {}, answer if isinstance(answer, bytes) else b""
            if isinstance(answer, int):
                status = answer
            elif isinstance(answer, tuple):
                status, headers = answer
            time.sleep(0.002)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(shop))
    server.daemon_threads = True
    shop.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield shop
    shop.released.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def fetcher() -> Fetcher:
    """One that may go to this machine, and is impatient."""
    return Fetcher(["127.0.0.1"], allow_private=True, seconds=0.5, retries=1, pause=0.01, most=5000)
