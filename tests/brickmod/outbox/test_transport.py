"""What may be reached, and what a bad server cannot do to us."""

import socket
import time

import httpcore
import pytest

from brickmod.outbox import transport
from brickmod.outbox.targets import ForbiddenTarget, check_url, resolve
from brickmod.outbox.transport import post


@pytest.fixture
def outside(settings):
    """As on a real site: private networks are shut."""
    settings.WEBHOOK_ALLOW_PRIVATE = False


@pytest.fixture
def names(monkeypatch):
    """names["host"] = addresses that the DNS gives, one list after the other."""
    known: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def getaddrinfo(host, port, *args, **kwargs):
        if host not in known:
            return real(host, port, *args, **kwargs)
        answers = known[host]
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


@pytest.mark.parametrize(("status", "ok"), [(200, True), (204, True), (299, True), (400, False), (500, False)])
def test_a_status_is_what_counts(receiver, status, ok):
    receiver.answers["/"] = status
    answer = post(receiver.url + "/", b"{}", {"x-one": "two"})
    assert (answer.status, answer.ok, answer.gone) == (status, ok, False)
    assert receiver.heard[0].headers["x-one"] == "two"
    assert receiver.heard[0].headers["content-type"] == "application/json"
    assert receiver.heard[0].body == b"{}"


def test_gone_is_for_good(receiver):
    receiver.answers["/"] = 410
    assert post(receiver.url + "/", b"{}", {}).gone


def test_redirects_are_not_followed(receiver):
    receiver.answers["/"] = 302
    receiver.headers["location"] = receiver.url + "/elsewhere"
    answer = post(receiver.url + "/", b"{}", {})
    assert (answer.status, answer.ok) == (302, False)
    assert [one.path for one in receiver.heard] == ["/"]


def test_a_wish_to_wait_is_heard(receiver):
    receiver.answers["/"] = 429
    receiver.headers["retry-after"] = "90"
    assert post(receiver.url + "/", b"{}", {}).wish.total_seconds() == 90
    receiver.headers["retry-after"] = "soon"
    assert post(receiver.url + "/", b"{}", {}).wish.total_seconds() == 0


def test_a_server_that_hangs_up(receiver):
    receiver.answers["/"] = "hang up"
    answer = post(receiver.url + "/", b"{}", {})
    assert (answer.status, answer.error) == (None, "The connection broke off.")


def test_a_server_that_is_not_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert post(f"http://127.0.0.1:{port}/", b"{}", {}).error == "Could not connect."


@pytest.mark.parametrize(("answer", "limit"), [("slow", "READ_SECONDS"), ("drip", "DEADLINE_SECONDS")])
def test_a_slow_server_is_left(receiver, monkeypatch, answer, limit):
    monkeypatch.setattr(transport, limit, 0.4)
    receiver.answers["/"] = answer
    began = time.monotonic()
    assert post(receiver.url + "/", b"{}", {}).error == "No answer in time."
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0.0.0.0/",
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://224.0.0.1/",
        "https://255.255.255.255/",
        "https://[::1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fe80::1]/",
        "https://[fc00::1]/",
        "https://localhost/",
        "http://example.com/",
        "https://me:secret@example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "ftp://example.com/",
        "https:///",
        "https://[::1",
        "",
    ],
)
def test_private_targets_are_refused(outside, monkeypatch, url):
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", _never)
    answer = post(url, b"{}", {})
    assert answer.status is None
    assert answer.error


def _never(*args, **kwargs):
    raise AssertionError("it connected")


def test_a_name_with_one_private_address_is_refused(outside, names):
    names["two-faced.example"] = [["93.184.215.14", "127.0.0.1"]]
    with pytest.raises(ForbiddenTarget):
        resolve("two-faced.example", 443)
    names["fine.example"] = [["93.184.215.14"]]
    assert resolve("fine.example", 443) == ["93.184.215.14"]


def test_the_name_is_asked_once_and_that_address_is_used(outside, names, monkeypatch):
    """Rebinding: the second answer of the DNS would be this machine."""
    names["rebind.example"] = [["93.184.215.14"], ["127.0.0.1"]]
    connected = []

    def connect(self, host, port, *args, **kwargs):
        connected.append((host, port))
        raise httpcore.ConnectError("far away")

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    assert post("https://rebind.example/x", b"{}", {}).error == "Could not connect."
    assert connected == [("93.184.215.14", 443)]
    assert post("https://rebind.example/x", b"{}", {}).error == "The address leads into a private network."
    assert len(connected) == 1


def test_the_host_that_was_asked_for_is_named(receiver, names):
    port = receiver.url.rsplit(":", 1)[1]
    names["app.example"] = [["127.0.0.1"]]
    assert post(f"http://app.example:{port}/", b"{}", {}).ok
    assert receiver.heard[0].headers["host"] == f"app.example:{port}"


def test_https_is_asked_for_where_it_matters(outside):
    check_url("https://example.com/hook")
    with pytest.raises(ForbiddenTarget, match="https"):
        check_url("http://example.com/hook")
