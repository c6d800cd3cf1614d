"""The page of search with a thousand, a hundred thousand and a million submissions in PostgreSQL.

The server's time alone, from the request to the whole answer, for what people look for: a rare word, a frequent one, an
author, an id, a reason, what a detector said, and pages far down. Peer is the same with a thousand.
"""

import time
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import desk
from _common import Row, parser, percentile, report, say
from _postgres import postgres

SIZES, QUICK_SIZES = (1_000, 100_000, 1_000_000), (1_000, 20_000)
ROUNDS = 15
# One text each; one word of four in a quarter of all, one in a thousandth.
WORDS = "(ARRAY['house','castle','racer','ship'])[1 + abs(hashtext(external_id)) % 4]"
RARE = "CASE WHEN abs(hashtext(external_id)) % 1000 = 7 THEN ' zeppelin' ELSE '' END"
PARTS = f"""
INSERT INTO intake_part (id, submission_id, kind, position, role, text, file, preview, width, height, seconds, digest,
    had_gps)
SELECT gen_random_uuid(), id, 'text', 0, 'title', 'My ' || {WORDS} || ' no. ' || external_id || {RARE}, '', '', 0, 0, 0,
    '', false
FROM intake_submission s WHERE NOT EXISTS (SELECT 1 FROM intake_part p WHERE p.submission_id = s.id)
"""
REJECTED = """
UPDATE intake_submission SET state = 'rejected', decided_by = 'prefilter',
    reasons = jsonb_build_array(jsonb_build_object('code', 'advert', 'title', 'Advertising'))
WHERE state = 'queued' AND abs(hashtext(external_id)) % 1000 = 3
"""
FLAGGED = """
UPDATE prefilter_finding f SET verdict = 'reject', reason = 'advert' FROM intake_part p, intake_submission s
WHERE f.part_id = p.id AND p.submission_id = s.id AND s.state = 'rejected' AND f.verdict = 'pass'
"""


def grow(first: int, last: int, app: int) -> None:
    from django.db import connection

    values = {"app": app, "authors": max(1, last // 20), "first": first, "last": last}
    with connection.cursor() as cursor:
        cursor.execute(desk.SUBMISSIONS, values)
        for statement in (PARTS, desk.FINDINGS, REJECTED, FLAGGED):
            cursor.execute(statement.replace("%%", "%"))
        cursor.execute("VACUUM ANALYZE")


def cases(size: int) -> dict[str, str]:
    """What is looked for -> the address' query."""
    from django.utils import timezone

    from moderation.search.asked import Cursor

    far = Cursor(timezone.now() - timedelta(seconds=0.45 * size), uuid4())
    return {
        "the newest": "",
        "far down": urlencode({"after": str(far)}),
        "a rare word": "words=zeppelin",
        "a frequent word": "words=castle",
        "a frequent word, far down": urlencode({"words": "castle", "after": str(far)}),
        "two words": "words=castle+zeppelin",
        "a word that is nowhere": "words=xylophone",
        "a word in a market": "words=castle&market=DE",
        "an author": "author=author-7",
        "an id": f"id=n-{size // 2}",
        "a reason": "reason=advert",
        "a detector's verdict": "detector=profanity&verdict=reject",
        "a state and a language": "state=approved&language=es",
    }


def measure(client: object, size: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {}
    for name, query in cases(size).items():
        for n in range(ROUNDS + 2):
            started = time.perf_counter()
            answer = client.get(f"/search/?{query}")  # type: ignore[attr-defined]
            took = (time.perf_counter() - started) * 1000
            page = answer.content.decode()
            assert answer.status_code == 200, page[:500]
            assert "errorlist" not in page, name
            if n >= 2:
                times.setdefault(name, []).append(took)
    return times


def main() -> None:
    args = parser(__doc__).parse_args()
    sizes = QUICK_SIZES if args.quick else SIZES
    with postgres():
        from django.conf import settings
        from django.contrib.auth.models import Group
        from django.test import Client

        from brickmod.access.models import App, User

        settings.ALLOWED_HOSTS = ["*"]
        app = App.objects.create(name="Brick Club", slug="brick-club")
        person = User.objects.create_user("mia", password="a brick upon a brick")
        person.groups.add(Group.objects.get(name="moderator"))
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        found, there = {}, 0
        for size in sizes:
            started = time.perf_counter()
            grow(there + 1, size, app.pk)
            there = size
            say(f"{size:,} submissions after {time.perf_counter() - started:.0f} s")
            found[size] = measure(client, size)
            for name, times in found[size].items():
                say(f"  {name}: p50 {percentile(times, 50):.1f} ms, p95 {percentile(times, 95):.1f} ms")
        first, last = found[sizes[0]], found[sizes[-1]]
        peer = f"ours at {sizes[0]:,}"
        rows = [Row(name, percentile(last[name], 95), percentile(first[name], 95), peer, "ms p95") for name in last]
        report("search", rows)


if __name__ == "__main__":
    main()
