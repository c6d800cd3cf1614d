"""Do a day's run here and now, to its end."""

from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from engagement.creations.models import Creation
from engagement.daily import actions
from engagement.daily.guessing import beside, guess
from engagement.daily.models import DailyRun, Shard
from engagement.themes.classifier import plant


class Command(BaseCommand):
    help = "Give the creations of a day their themes, drafts and likes. Twice is fine; what was interrupted goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", help="YYYY-MM-DD, the day on which they were published; yesterday if not given")
        parser.add_argument("--market", action="append", help="only these markets")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = date.fromisoformat(options["date"]) if options["date"] else timezone.now().date() - timedelta(days=1)
        except ValueError as error:
            raise CommandError(f"--date: {error}") from error
        if day >= timezone.now().date():
            raise CommandError(f"{day} is not over yet.")
        around = Creation.objects.filter(
            published_at__date__gte=day - timedelta(days=1), published_at__date__lte=day + timedelta(days=1)
        )
        markets = options["market"] or sorted(around.order_by().values_list("market", flat=True).distinct())
        plant()
        runs = [actions.begin(day, market) for market in markets]
        with Progress(console=Console(stderr=True)) as progress:
            shards = Shard.objects.filter(run__in=runs)
            bar = progress.add_task("creations", total=sum(run.creations for run in runs))
            progress.advance(bar, sum(len(shard.creations) for shard in shards.exclude(done_at=None)))
            # A lease of a worker that was killed runs out; whoever is at it now is left alone, and passed over here.
            for shard in shards.filter(done_at=None):
                if actions.do_shard(shard.id, guess, beside=beside):
                    progress.advance(bar, len(shard.creations))
        for run in runs:
            actions.end(run)
        rows = DailyRun.objects.filter(id__in=[run.id for run in runs])
        open_ = Shard.objects.filter(run__in=rows, done_at=None).count()
        total = sum(row.creations for row in rows)
        self.stdout.write(f"{day}: {total} creations in {len(rows)} markets, {sum(row.likes for row in rows)} likes")
        if open_:
            raise CommandError(f"{open_} shards are being worked on elsewhere; run this again later.")
