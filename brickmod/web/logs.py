"""Logs are events with fields: readable lines on a terminal, JSON where LOG_FORMAT=json. No text of a child goes in,
and no id."""

import hashlib
import logging
import os
import re
import secrets
from typing import Any

import structlog

_shared: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

structlog.configure(
    processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

# The same id reads the same in all lines of a process, so that they can be put together; of which submission they spoke
# nobody can say any more, and what was erased leaves no id behind.
_KEY = secrets.token_bytes(16)
_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}(-?)(?:[0-9a-f]{4}\1){3}[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE)


def _masked(_logger: Any, _name: str, line: str) -> str:
    return _ID.sub(lambda found: f"id:{_pseudonym(found[0])}", line)


def _pseudonym(id: str) -> str:
    return hashlib.blake2b(id.replace("-", "").lower().encode(), digest_size=4, key=_KEY).hexdigest()


_renderer = (
    structlog.processors.JSONRenderer()
    if os.environ.get("LOG_FORMAT") == "json"
    # The pretty traceback prints local variables: a key or a child's text would stand in the log.
    else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback)
)


def _not_a_probe(record: logging.LogRecord) -> bool:
    """/readyz says 503 until a worker is there, and is asked all the time: that is an answer, not an error to log."""
    request = record.msg.get("request", "") if isinstance(record.msg, dict) else record.args
    return "/readyz" not in str(request)


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "events": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _renderer,
                _masked,
            ]
            if os.environ.get("LOG_FORMAT") == "json"
            else [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer, _masked],
            "foreign_pre_chain": _shared,
        }
    },
    "filters": {"not a probe": {"()": "django.utils.log.CallbackFilter", "callback": _not_a_probe}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "events", "filters": ["not a probe"]}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django_structlog": {"level": logging.WARNING},
        "celery": {"level": logging.WARNING},
        "axes": {"level": logging.ERROR},
        "httpx": {"level": logging.WARNING},
    },
}
