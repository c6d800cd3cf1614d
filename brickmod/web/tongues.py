"""In which language a person reads BrickMod: their own choice, else their browser's. Machines are always answered in
English, so that what an app logs does not depend on who configured its HTTP client."""

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import JavaScriptCatalog

MACHINES = ("/api/", "/metrics", "/healthz", "/readyz")
YEAR = 365 * 24 * 3600


class TongueMiddleware(LocaleMiddleware):
    """Stands behind the one that knows the person. Nobody is looked up for a request without a session."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path.startswith(MACHINES):
            language = settings.LANGUAGE_CODE
        else:
            language = _own(request) or translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """What machines read does not vary, and says nothing of languages."""
        return response if request.path.startswith(MACHINES) else super().process_response(request, response)


def _own(request: HttpRequest) -> str:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return ""
    return request.user.language if request.user.language in dict(settings.LANGUAGES) else ""


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep what somebody chose: with the person, or with the browser before they have logged in. "" is the browser's
    own language again."""
    language = request.POST.get("language", "")
    if language and language not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest("There is no such language.")
    to = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure())
    response = HttpResponseRedirect(to if safe else "/")
    if request.user.is_authenticated:
        request.user.language = language
        request.user.save(update_fields=["language"])
    elif language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax"
        )
    else:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    return response


@require_GET
@cache_control(public=True, max_age=YEAR, immutable=True)
def words(request: HttpRequest, language: str, version: str) -> HttpResponseBase:
    """The scripts' sentences in one language: a script of ours, so that it needs no exception from the CSP. Its address
    changes with its content."""
    with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        # Our catalogue alone: all apps' would be five times as large.
        return JavaScriptCatalog.as_view(packages=["brickmod.web"])(request)


def inside(words: str) -> str:
    """As it stands within a sentence: small, but for German, whose nouns keep their capitals."""
    return words if (translation.get_language() or "").startswith("de") else words[:1].lower() + words[1:]


@cache
def version(language: str) -> str:
    """Eight characters that change when the scripts' sentences in `language` do."""
    found = [Path(folder, language, "LC_MESSAGES", "djangojs.mo") for folder in settings.LOCALE_PATHS]
    return hashlib.sha256(b"".join(path.read_bytes() for path in found if path.exists())).hexdigest()[:8]
