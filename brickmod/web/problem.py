"""What an app gets when something is wrong: RFC 9457, `application/problem+json`, always in this one shape.

{"type": "urn:brickmod:problem:not-found", "title": "Not found", "status": 404, "detail": "One sentence.",
 "instance": "urn:uuid:…" (the log knows it as request_id), "errors": [{"field": "images.0", "detail": "…"}]}
"""

import uuid
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

CONTENT_TYPE = "application/problem+json"


class Problem(exceptions.APIException):
    """Raise it anywhere under an API view. `extra` becomes members of the answer, e.g. errors=[{field, detail}]."""

    def __init__(self, status: int, title: str, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.status_code = status
        self.title = title
        self.extra = extra


def handler(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. None for a bug of ours: Django logs that, and `pages.server_error` answers."""
    known = _as_api_exception(exc)
    if known is None:
        return None
    set_rollback()
    headers = {}
    if header := getattr(known, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(known, "wait", None):
        headers["Retry-After"] = f"{wait:.0f}"
    return Response(_body_of(known), status=known.status_code, headers=headers, content_type=CONTENT_TYPE)


def answer(status: int, detail: str, title: str = "", **extra: Any) -> HttpResponse:
    """The same shape from outside DRF: unknown paths, CSRF, a crash."""
    return JsonResponse(body(status, detail, title, **extra), status=status, content_type=CONTENT_TYPE)


def body(status: int, detail: str, title: str = "", **extra: Any) -> dict[str, Any]:
    phrase = HTTPStatus(status).phrase
    return {
        "type": f"urn:brickmod:problem:{phrase.lower().replace(' ', '-')}",
        "title": title or phrase.capitalize(),
        "status": status,
        "detail": detail if detail.endswith((".", "?", "!")) else f"{detail}.",
        "instance": f"urn:uuid:{request_id()}",
        **extra,
    }


def request_id() -> str:
    """The number under which the log knows this request; a new one, logged, where there is none yet."""
    known = structlog.contextvars.get_contextvars().get("request_id")
    if known:
        return str(known)
    fresh = str(uuid.uuid4())
    structlog.contextvars.bind_contextvars(request_id=fresh)
    return fresh


def flatten(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested errors as a flat list: {"tags": {0: ["too long"]}} -> [{field: "tags.0", detail: "too long"}]."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            whole = name == "non_field_errors"
            yield from flatten(inner, path if whole else f"{path}.{name}".lstrip("."))
    elif isinstance(detail, list | tuple):
        # A list of sentences belongs to its field; a list of dicts is one dict for each row of a list field.
        for position, inner in enumerate(detail):
            deep = isinstance(inner, Mapping)
            yield from flatten(inner, f"{path}.{position}".lstrip(".") if deep else path)
    else:
        yield {"field": path, "detail": str(detail)}


def _as_api_exception(exc: Exception) -> exceptions.APIException | None:
    if isinstance(exc, exceptions.APIException):
        return exc
    if isinstance(exc, Http404):
        return exceptions.NotFound("There is nothing here under this address.")
    if isinstance(exc, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(exc, RequestDataTooBig):
        return Problem(413, "Too large", "The fields of this request, without its files, are too large.")
    if isinstance(exc, TooManyFieldsSent | TooManyFilesSent):
        return Problem(413, "Too large", "This request has too many fields or files.")
    if isinstance(exc, MultiPartParserError):
        return exceptions.ParseError(f"This multipart body cannot be read: {exc}")
    if isinstance(exc, SuspiciousOperation):
        return exceptions.ParseError("This request cannot be read.")
    return None


def _body_of(exc: exceptions.APIException) -> dict[str, Any]:
    if isinstance(exc, Problem):
        return body(exc.status_code, str(exc.detail), exc.title, **exc.extra)
    if isinstance(exc, exceptions.ValidationError):
        errors = list(flatten(exc.detail))
        named = ", ".join(dict.fromkeys(error["field"] for error in errors if error["field"]))
        detail = f"Not accepted: {named}." if named else " ".join(error["detail"] for error in errors)
        return body(exc.status_code, detail, "Not valid", errors=errors)
    return body(exc.status_code, str(exc.detail))
