"""Whatever goes wrong, an app gets application/problem+json of one shape."""

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.test import Client
from django.urls import include, path
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import exceptions, serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from brickmod.web import problem


class Brick(serializers.Serializer):
    colour = serializers.ChoiceField(["red", "blue"])
    studs = serializers.IntegerField(min_value=1)
    tags = serializers.ListField(child=serializers.CharField(max_length=3), required=False)

    def validate(self, data):
        if data["colour"] == "red" and data["studs"] == 7:
            raise serializers.ValidationError("There is no red brick with seven studs.")
        return data


class Bricks(APIView):
    authentication_classes = []
    permission_classes = []
    parser_classes = [JSONParser, MultiPartParser]

    def post(self, request):
        Brick(data=request.data).is_valid(raise_exception=True)
        return Response({"ok": True})


class Raises(APIView):
    authentication_classes = []
    permission_classes = []
    raised: Exception = RuntimeError("the database password is hunter2")

    def get(self, request):
        raise type(self).raised


urlpatterns = [
    path("api/t/bricks/", Bricks.as_view()),
    path("api/t/raises/", Raises.as_view()),
    path("", include("brickmod.urls")),
]
handler400 = "brickmod.web.pages.bad_request"
handler403 = "brickmod.web.pages.forbidden"
handler404 = "brickmod.web.pages.not_found"
handler500 = "brickmod.web.pages.server_error"


@pytest.fixture(autouse=True)
def _urls(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def client() -> APIClient:
    return APIClient(raise_request_exception=False)


def read(answer, status: int) -> dict:
    """The problem, whose shape is checked here for every test."""
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= set(told)
    assert told["status"] == status
    assert told["detail"].endswith((".", "?"))
    assert told["instance"].startswith("urn:uuid:")
    assert "Traceback" not in answer.content.decode()
    return told


def test_each_field_that_is_wrong_is_named(client):
    told = read(client.post("/api/t/bricks/", {"colour": "green", "tags": ["ok", "much too long"]}, format="json"), 400)
    assert {error["field"] for error in told["errors"]} == {"colour", "studs", "tags.1"}
    assert told["detail"] == "Not accepted: colour, studs, tags.1."


def test_what_is_wrong_with_the_whole_has_no_field(client):
    told = read(client.post("/api/t/bricks/", {"colour": "red", "studs": 7}, format="json"), 400)
    assert told["errors"] == [{"field": "", "detail": "There is no red brick with seven studs."}]
    assert told["detail"] == "There is no red brick with seven studs."


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [
        ("application/json", b"{", 400),
        ("application/json", b'"just a string"', 400),
        ("application/json", b"\xff\xfe", 400),
        ("text/plain", b"hello", 415),
        ("application/xml", b"<a/>", 415),
        ("multipart/form-data", b"no boundary", 400),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken", 400),
    ],
)
def test_a_body_that_cannot_be_read(client, kind, body, status):
    read(client.generic("POST", "/api/t/bricks/", body, content_type=kind), status)


def test_a_wrong_method_says_which_are_right(client):
    answer = client.delete("/api/t/bricks/")
    read(answer, 405)
    assert "POST" in answer.headers["Allow"]


def test_fields_that_are_too_large_are_413(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    read(client.post("/api/t/bricks/", {"colour": "x" * 2000}, format="multipart"), 413)


def test_too_many_fields_are_413(client, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    read(client.post("/api/t/bricks/", {f"f{n}": "x" for n in range(9)}, format="multipart"), 413)


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/api/", "/api/v1/no-such-thing/", "/api/v2/submissions/", "/api/v1/submissions"])
def test_an_unknown_address_is_404_whatever_the_method(method, address):
    """Without the token that pages ask for, and without a redirect to a slash that would lose a POST."""
    answer = getattr(Client(enforce_csrf_checks=True), method)(address)
    told = read(answer, 404)
    assert ("with a slash" in told["detail"]) == (address == "/api/v1/submissions")


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (Http404("secret"), 404),
        (PermissionDenied("secret"), 403),
        (SuspiciousOperation("secret"), 400),
        (RequestDataTooBig("secret"), 413),
        (exceptions.NotAcceptable(), 406),
    ],
)
def test_what_django_raises_has_the_shape_too(client, monkeypatch, raised, status):
    monkeypatch.setattr(Raises, "raised", raised)
    assert "secret" not in str(read(client.get("/api/t/raises/"), status))


def test_a_problem_of_ours_carries_what_we_gave_it(client, monkeypatch):
    raised = problem.Problem(409, "Already there", "It differs from the first.", first="7", errors=[])
    monkeypatch.setattr(Raises, "raised", raised)
    told = read(client.get("/api/t/raises/"), 409)
    assert (told["title"], told["first"], told["errors"]) == ("Already there", "7", [])
    assert told["type"] == "urn:brickmod:problem:conflict"


def test_a_throttle_says_when_to_come_back(client, monkeypatch):
    monkeypatch.setattr(Raises, "raised", exceptions.Throttled(wait=17))
    answer = client.get("/api/t/raises/")
    read(answer, 429)
    assert answer.headers["Retry-After"] == "17"


def test_a_crash_says_nothing_but_a_number_that_the_log_knows(client, caplog):
    told = read(client.get("/api/t/raises/"), 500)
    assert "hunter2" not in str(told)
    number = told["instance"].removeprefix("urn:uuid:")
    assert any(number in str(record.msg) for record in caplog.records)


nested = st.recursive(
    st.text(min_size=1, max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(nested)
def test_flat_errors_lose_nothing(detail):
    """As many errors as there are sentences, each a field and a sentence."""

    def leaves(value) -> int:
        if isinstance(value, dict):
            return sum(map(leaves, value.values()))
        return sum(map(leaves, value)) if isinstance(value, list) else 1

    flat = list(problem.flatten(detail))
    assert len(flat) == leaves(detail)
    assert all(set(error) == {"field", "detail"} for error in flat)
