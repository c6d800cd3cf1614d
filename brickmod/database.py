"""One DATABASE_URL, two databases: sqlite:///PATH (the embedded default) and postgresql://…"""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def parse(url: str) -> dict[str, Any]:
    """Django's settings for one database."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(Path(unquote(parts.path))),
            "OPTIONS": {
                # IMMEDIATE takes the write lock at BEGIN, so writers queue. DEFERRED fails with "database is
                # locked" as soon as two readers want to write. It is also what makes a claim safe here, where
                # SELECT ... FOR UPDATE SKIP LOCKED is a no-op.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=268435456;"
                " PRAGMA cache_size=-32000; PRAGMA temp_store=MEMORY;"
                # What is deleted is overwritten with zeros, as far as SQLite can (scrubbing.py does the rest).
                " PRAGMA secure_delete=ON;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        query = dict(parse_qsl(parts.query))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": query.pop("host", parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": query,
        }
    raise ImproperlyConfigured(f"DATABASE_URL must start with sqlite:/// or postgresql://, not {parts.scheme!r}.")
