"""Twenty moderators against five thousand that wait, in PostgreSQL: is any decided twice, does any wait for ever, and
are all leases back after half of the moderators were killed?

Each moderator is a process of its own and works as a browser does: asks for the next one and for one ahead, decides the
first. A third of the way ten of them get SIGKILL with claims in their hands. The lease is 5 s here, so that what they
held comes back while the others work.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter

from _common import Row, parser, report, say
from _postgres import postgres

PEOPLE, KILLED = 20, 10
WAITING, QUICK_WAITING = 5_000, 600
LEASE = 5


def work(username: str) -> None:
    """One moderator, until nothing is left for a while."""
    import django

    django.setup()
    from django.conf import settings

    from brickmod.access.models import User
    from moderation.desk.actions import NotYours, claim_next, decide

    settings.CLAIM_LEASE_SECONDS = LEASE
    person = User.objects.get(username=username)
    idle = time.monotonic()
    while time.monotonic() - idle < 2 * LEASE:
        one = claim_next(person)
        if one is None:
            time.sleep(0.2)
            continue
        idle = time.monotonic()
        claim_next(person, ahead=1)
        try:
            decide(person, one, "approve")
        except NotYours:
            continue  # its lease ran out on a busy machine: somebody else has it


def main() -> None:
    made = parser(__doc__)
    made.add_argument("--moderator", help="(used by itself)")
    args = made.parse_args()
    if args.moderator:
        return work(args.moderator)
    total = QUICK_WAITING if args.quick else WAITING
    with postgres():
        from datetime import timedelta

        from django.contrib.auth.models import Group
        from django.utils import timezone

        from brickmod.access.models import App, AuditEvent, User, Verb
        from moderation.desk.models import Claim, Decision
        from moderation.intake.models import State, Submission

        app = App.objects.create(name="Brick Club", slug="brick-club")
        group = Group.objects.get(name="moderator")
        for n in range(PEOPLE):
            User.objects.create_user(f"m{n}", password=None).groups.add(group)
        now = timezone.now()
        Submission.objects.bulk_create(
            Submission(
                app=app, external_id=str(n), author=f"a{n % 99}", market="DK", language="da", state=State.QUEUED,
                received_at=now, review_due_at=now + timedelta(seconds=n),
            )
            for n in range(total)
        )  # fmt: skip
        started = time.monotonic()
        people = [subprocess.Popen([sys.executable, __file__, "--moderator", f"m{n}"]) for n in range(PEOPLE)]
        decided = Decision.objects.count
        while decided() < total / 3:
            time.sleep(0.2)
        for person in people[:KILLED]:
            os.kill(person.pid, signal.SIGKILL)
        say(f"{KILLED} killed after {decided()} decisions, holding {Claim.objects.count()} claims with the others")
        for person in people:
            person.wait()
        took = time.monotonic() - started - 2 * LEASE
        per_one = Counter(Decision.objects.values_list("submission_id", flat=True))
        told = Counter(AuditEvent.objects.filter(verb=Verb.DECIDE).values_list("object_id", flat=True))
        shares = Counter(Decision.objects.values_list("moderator__username", flat=True))
        living = [shares[f"m{n}"] for n in range(KILLED, PEOPLE)]
        report(
            "desk_people",
            [
                Row("decided twice", sum(n > 1 for n in [*per_one.values(), *told.values()]), unit="of all"),
                Row("never decided", Submission.objects.filter(state=State.QUEUED).count(), unit="of all"),
                Row("leases not back", Claim.objects.count(), unit="claims"),
                Row("fewest by one who lived", min(living), max(living), "most by one", "decisions"),
                Row("time", took, unit=f"s for {total:,}"),
            ],
        )


if __name__ == "__main__":
    main()
