"""Everything that needs Django before a run can start, in one process: migrations, static files, a look for data."""

import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from brickmod.access.models import App, User
from brickmod.run import fresh


class Command(BaseCommand):
    help = "Migrate, collect static files, and see whether the database is empty. Called by `make run`."
    requires_system_checks = ()

    def handle(self, *_args: Any, **_options: Any) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=1)
        self.stdout.write("Collecting static files")
        call_command("collectstatic", interactive=False, verbosity=0)
        empty = not User.objects.exists() and not App.objects.exists()
        mark = fresh.mark(settings.VAR, os.environ.get("DATABASE_URL", ""))
        last = fresh.load(settings.VAR)
        fresh.Prepared(mark, empty, last.loading and not empty, last.past and not empty).save(settings.VAR)
        self.stdout.write("The database is empty" if empty else "The database holds data")
