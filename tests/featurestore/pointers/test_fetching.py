"""Fetching from a real server: what goes wrong is counted under its name, and nothing leads into our own network."""

import socket
import time

import httpcore
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from brickmod.outside.addresses import ForbiddenTarget
from featurestore.pointers.fetching import Fetched, Fetcher, Outcome, check_pointer
from featurestore.pointers.manifest import Pointer


def test_what_is_there_is_fetched(shop, fetcher):
    pointer = shop.put("/a.png", 1)
    assert fetcher.fetch(pointer) == Fetched(Outcome.OK, shop.shelf["/a.png"])


@pytest.mark.parametrize(
    ("answer", "outcome", "visits"),
    [
        (404, Outcome.MISSING, 1),
        (410, Outcome.MISSING, 1),
        (403, Outcome.MISSING, 1),
        (500, Outcome.FAILED, 2),
        (418, Outcome.FAILED, 1),
        ((429, {"retry-after": "0"}), Outcome.FAILED, 2),
        ((503, {"retry-after": "3600"}), Outcome.FAILED, 1),
        ("hang up", Outcome.FAILED, 2),
        ("slow", Outcome.TIMEOUT, 2),
        ("drip", Outcome.TIMEOUT, 2),
        (b"x" * 5001, Outcome.TOO_BIG, 1),
        ((200, {"content-length": "999999999999"}), Outcome.TOO_BIG, 1),
        ([500, b"fine"], Outcome.OK, 2),
        (["hang up", b"fine"], Outcome.OK, 2),
    ],
)
def test_each_kind_of_trouble_has_its_name_and_its_retries(shop, fetcher, answer, outcome, visits):
    shop.shelf["/x"] = answer
    began = time.monotonic()
    assert fetcher.fetch(shop.pointer("/x")).outcome is outcome
    assert shop.visits["/x"] == visits
    assert time.monotonic() - began < fetcher.longest


def test_other_bytes_than_were_labelled(shop, fetcher):
    pointer = shop.put("/a.png", 1)
    shop.put("/a.png", 2)
    assert fetcher.fetch(pointer) == Fetched(Outcome.CHANGED)


def test_a_server_that_is_not_there(fetcher, shop):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    assert fetcher.fetch(Pointer("x", shop.pointer("/").day, url=url)).outcome is Outcome.FAILED


def test_only_configured_hosts_are_asked(shop, monkeypatch):
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", _never)
    hosts = ["shelf.example", ".pictures.example"]
    somebody = Fetcher(hosts, allow_private=True)
    for url in ("https://other.example/", "https://xshelf.example/", "https://shelf.example.evil.example/", shop.url):
        assert somebody.fetch(Pointer("x", shop.pointer("/").day, url=url)).outcome is Outcome.REFUSED
    for url in ("https://SHELF.example./", "https://a.b.pictures.example/"):
        check_pointer(url, hosts, allow_private=False)
    with pytest.raises(ForbiddenTarget, match="POINTER_HOSTS"):
        check_pointer("https://pictures.example/", hosts, allow_private=False)


def _never(*args, **kwargs):
    raise AssertionError("it connected")


def test_without_configuration_nothing_is_fetched(shop, settings):
    assert settings.POINTER_HOSTS == []
    assert Fetcher().fetch(shop.put("/a.png", 1)).outcome is Outcome.REFUSED
    assert not shop.visits


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/",
        "http://example.com/",
        "file:///etc/passwd",
        "x",
    ],
)
def test_a_private_address_is_refused_even_when_its_host_is_configured(shop, monkeypatch, url):
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", _never)
    fetcher = Fetcher(["127.0.0.1", "::1", "169.254.169.254", "example.com"], allow_private=False)
    assert fetcher.fetch(Pointer("x", shop.pointer("/").day, url=url)).outcome is Outcome.REFUSED


def test_a_name_that_leads_to_a_private_address_is_refused(shop, monkeypatch):
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", _never)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("10.0.0.1", 443))])
    fetcher = Fetcher(["shelf.example"], allow_private=False)
    assert fetcher.fetch(Pointer("x", shop.pointer("/").day, url="https://shelf.example/")).outcome is Outcome.REFUSED


def test_redirects_are_followed_among_configured_hosts_alone(shop, fetcher):
    pointer = shop.put("/new.png", 1)
    shop.shelf["/old"] = (301, {"location": "/new.png"})
    assert fetcher.fetch(shop.pointer("/old", pointer.sha256)).outcome is Outcome.OK
    for place in ("http://localhost:1/", "https://169.254.169.254/latest/", "file:///etc/passwd", "//evil.example/"):
        shop.shelf["/out"] = (302, {"location": place})
        assert fetcher.fetch(shop.pointer("/out")).outcome is Outcome.REFUSED
    shop.shelf["/round"] = (302, {"location": "/round"})
    assert fetcher.fetch(shop.pointer("/round")).outcome is Outcome.FAILED
    assert shop.visits["/round"] == 4


def test_a_key_is_a_file_of_the_storage(fetcher, shop):
    day = shop.pointer("/").day
    name = default_storage.save("creations/a.bin", ContentFile(b"bricks"))
    assert fetcher.fetch(Pointer("x", day, key=name)) == Fetched(Outcome.OK, b"bricks")
    default_storage.delete(name)
    assert fetcher.fetch(Pointer("x", day, key=name)).outcome is Outcome.MISSING
    assert fetcher.fetch(Pointer("x", day, key="../../etc/passwd")).outcome is Outcome.REFUSED
    assert fetcher.fetch(Pointer("x", day, key="/etc/passwd")).outcome is Outcome.REFUSED
    big = default_storage.save("creations/b.bin", ContentFile(b"x" * 5001))
    assert fetcher.fetch(Pointer("x", day, key=big)).outcome is Outcome.TOO_BIG
