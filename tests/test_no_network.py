"""Nothing goes out at run time: every model loads and looks while the network is shut."""

import socket
import urllib.request

import pytest
from skimage import data as skimage_data

from tests.network import NetworkShut


def test_the_guard_itself_bites(no_network):
    with pytest.raises(NetworkShut), socket.socket() as tcp:
        tcp.connect(("192.0.2.1", 80))
    with pytest.raises(NetworkShut):
        urllib.request.urlopen("http://example.com/")
    with pytest.raises(NetworkShut), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.sendto(b"", ("192.0.2.1", 53))
    assert no_network == [
        "socket.connect ('192.0.2.1', 80)",
        "socket.getaddrinfo example.com",
        "socket.sendto ('192.0.2.1', 53)",
    ]


def test_this_machine_can_be_reached(no_network):
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=1).close()
    assert no_network == []


@pytest.mark.models
def test_every_model_loads_and_looks_without_a_network(models, no_network):
    from PIL import Image

    from featurestore.encoders import image_encoder, text_encoder
    from moderation.detectors.base import Picture, Text
    from moderation.detectors.registry import get_detector, list_detectors

    picture = Image.fromarray(skimage_data.astronaut())
    assert image_encoder().encode([picture]).shape[0] == 1
    assert text_encoder().encode(["What a lovely castle"]).shape[0] == 1
    names = list_detectors()
    assert {"face", "pii", "profanity", "quality"} <= set(names)
    for name in names:
        detector = get_detector(name)
        detector.load()
        part = Picture(picture) if detector.card.kind == "image" else Text("What a lovely castle", "en")
        findings = detector.look_many([part])
        assert [finding.detector for finding in findings] == [name]
    assert no_network == [], "this wanted to go out"
