"""Is it alive (/healthz), can it work (/readyz), how does it do (/metrics)."""

import hmac
import threading
import time
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from brickmod.web import metrics, problem
from brickmod.web.broker import WORKER_SILENT_AFTER, redis_client, worker_silence

DEADLINE = 1.8  # seconds for all checks together; a prober's own limit is often 2
Check = Callable[[], str]  # "" when all is well, else one sentence

_LOOPBACK = {"127.0.0.1", "::1", ""}
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers. Touches nothing else, so a slow database does not get it killed."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when database, broker and a worker are there; 503, and why, when not."""
    checks = _run({"database": _database, "broker": _broker, "worker": _worker})
    ready = not any(checks.values())
    parts = {name: {"ok": not why, **({"why": why} if why else {})} for name, why in checks.items()}
    return JsonResponse({"status": "ready" if ready else "not ready", **parts}, status=200 if ready else 503)


@never_cache
@require_safe
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Open to this machine, and to whoever shows METRICS_TOKEN as a bearer token."""
    if not _may_scrape(request):
        response = problem.answer(401, "Ask from this machine, or send METRICS_TOKEN as a bearer token.")
        response["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return response
    return HttpResponse(metrics.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_scrape(request: HttpRequest) -> bool:
    # Behind a proxy on this machine every stranger comes from 127.0.0.1: a forwarded request is not a local one.
    if request.META.get("REMOTE_ADDR", "") in _LOOPBACK and not any(name in request.META for name in _FORWARDED):
        return True
    token = settings.METRICS_TOKEN
    sent = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())


def _run(checks: dict[str, Check]) -> dict[str, str]:
    """Each check in a thread of its own: one that hangs is left behind, and says so."""
    results: dict[str, str] = {}

    def run(name: str, check: Check) -> None:
        try:
            results[name] = check()
        finally:
            connection.close()  # a thread's connection ends with it, else it would stay open for ever

    threads = [threading.Thread(target=run, args=item, daemon=True) for item in checks.items()]
    for thread in threads:
        thread.start()
    end = time.monotonic() + DEADLINE
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return {name: results.get(name, f"No answer within {DEADLINE:.1f} s.") for name in checks}


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return f"The database cannot be reached ({type(error).__name__})."
    return ""


def _broker() -> str:
    try:
        redis_client().ping()
    except redis.RedisError as error:
        return f"The broker cannot be reached ({type(error).__name__})."
    return ""


def _worker() -> str:
    try:
        silence = worker_silence()
    except redis.RedisError:
        return "Unknown: the broker cannot be reached."
    if silence is None:
        return "No worker has answered yet."
    if silence > WORKER_SILENT_AFTER:
        return f"No worker has answered for {silence:.0f} s."
    return ""
