"""A whole BrickMod for a benchmark, empty, in a folder that is thrown away; Django here shares its database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from brickmod.run.trial import Trial


@contextmanager
def stack(**settings: str) -> Iterator[Trial]:
    with TemporaryDirectory(prefix="brickmod-bench-") as folder, Trial(Path(folder), DEMO="0", **settings) as trial:
        os.environ |= trial.environ
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brickmod.settings")
        import django

        django.setup()
        yield trial


def new_key() -> str:
    """A key of a fresh calling app, with all scopes."""
    from brickmod.access.actions import issue_key
    from brickmod.access.models import App, Scope

    app, _ = App.objects.get_or_create(slug="benchmark", defaults={"name": "Benchmark"})
    return issue_key(app, list(Scope))[1]
