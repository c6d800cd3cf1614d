"""`manage.py demo`: something to look at, and something that keeps coming."""

import signal
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from random import Random
from threading import Event
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from brickmod.outbox.targets import ForbiddenTarget, check_url
from moderation.demo import cast, live
from moderation.demo.hidden import hide_one
from moderation.demo.load import load_demo, missing
from moderation.demo.plan import plan
from moderation.demo.sending import burst, endless
from moderation.demo.spoilt import SPOILT

HELP = """\
Loads the demo into an empty database: two apps, four people (their passwords go to var/demo.json), and some eighty
uploads of builds that are drawn here. The older ones are looked at and decided; the others wait for the workers, or
are looked at at once with --look. A second run says that it is there, and brings in what an interrupted one left out.

  manage.py demo --live --rate 30       uploads keep coming through the API of var/demo.json, until Ctrl-C
  manage.py demo --burst black:1000     as many at once, then the verdicts counted
  manage.py demo --webhook URL          sends the first app's events to URL, signed with "webhook_secret"

The demo's endpoints are made inactive: nothing is sent to anybody before --webhook (or the admin) says where to.
`manage.py listen` is a receiver to try it with.
"""


class Command(BaseCommand):
    help = HELP
    told = 0.0  # when progress was last written to a log

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--look", action="store_true", help="look at all uploads here, without workers")
        parser.add_argument("--webhook", metavar="URL", help="where the first app's events go from now on")
        parser.add_argument("--live", action="store_true", help="keep posting uploads to a running BrickMod")
        parser.add_argument("--rate", type=float, default=12, metavar="N", help="uploads a minute (with --live; 12)")
        parser.add_argument("--count", type=int, metavar="N", help="stop after N (with --live)")
        parser.add_argument(
            "--bad", type=float, default=0.2, metavar="SHARE", help="share of bad ones (with --live; 0.2)"
        )
        parser.add_argument("--seed", type=int, metavar="N", help="the same uploads again for the same number")
        parser.add_argument("--burst", metavar="KIND:N", help=f"N pictures at once; KIND is build, {', '.join(SPOILT)}")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["live"]:
            return self._live(options)
        if options["burst"]:
            return self._burst(options)
        self._load(options["look"])
        if options["webhook"]:
            self._webhook(options["webhook"])

    def _load(self, look: bool) -> None:
        started = self.told = time.monotonic()
        if not cast.is_there():
            if not cast.may_load():
                raise CommandError("This database is in use and holds no demo: nothing was loaded.")
            cast.gather()
        rows = plan()
        new = missing(rows)
        with_models = self._load_models() if look or any(row.earlier for row in new) else False
        if look and not with_models:
            raise CommandError("--look needs the models: run `manage.py prepare_models` first.")
        if not with_models:
            new = [row for row in new if not row.earlier]
        if not new:
            self.stdout.write(f"The demo is already there; {cast.demo_file()} says how to sign in.")
            return
        made = load_demo(new, self._progress, look=look, history=with_models)
        hide_one()
        self.stdout.write(
            self.style.SUCCESS(f"The demo is loaded: {made} uploads in {time.monotonic() - started:.1f} s.")
            + f" {cast.demo_file()} says how to sign in."
        )

    def _load_models(self) -> bool:
        from moderation.prefilter import executor

        try:
            executor.load()
        except Exception as error:
            # Whatever is wrong with the models is said by prepare_models; a demo without a past is still a demo.
            structlog.get_logger(__name__).warning("demo.no_models", error=type(error).__name__)
            self.stderr.write(
                "The models are not prepared (manage.py prepare_models): the decided uploads are left out."
            )
            return False
        return True

    def _progress(self, text: str) -> None:
        """On a terminal one line that changes; in a log a line every few seconds."""
        if self.stdout.isatty():
            self.stdout.write(f"\r\033[K{text}", ending="\r")
            self.stdout.flush()
        elif time.monotonic() - self.told > 3:
            self.told = time.monotonic()
            self.stdout.write(text)

    def _webhook(self, url: str) -> None:
        try:
            check_url(url)
            cast.point_webhook(url)
        except ForbiddenTarget as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"Events of the first app go to {url}, signed with the webhook_secret in {cast.demo_file()}.")

    def _caller(self) -> live.Caller:
        demo = cast.read()
        if not demo:
            raise CommandError(f"There is no {cast.demo_file()}: load the demo first (manage.py demo).")
        return live.Caller(demo["url"], demo["api_key"])

    def _live(self, options: dict[str, Any]) -> None:
        if not options["rate"] > 0:
            raise CommandError("--rate must be more than 0.")
        stop = Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        uploads = endless(Random(options["seed"]), options["bad"])
        seen = live.live(self._caller(), uploads, options["rate"], options["count"], self.stdout.write, stop)
        self.stdout.write(live.counted(seen))
        if seen and set(seen) == {"failed"}:
            raise CommandError("Nothing was taken in. Is BrickMod running?")

    def _burst(self, options: dict[str, Any]) -> None:
        kind, _, number = options["burst"].partition(":")
        if kind not in {*SPOILT, "build"} or not number.isdecimal():
            raise CommandError(f"--burst wants KIND:N with KIND one of build, {', '.join(SPOILT)}.")
        seen = live.burst(self._caller(), burst(kind, int(number), Random(options["seed"])), self.stdout.write)
        self.stdout.write(live.counted(seen))
        if seen["failed"]:
            raise CommandError(f"{seen['failed']} were not taken in.")
