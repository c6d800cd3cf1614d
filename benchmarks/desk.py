"""The desk with a thousand, a hundred thousand and a million submissions in PostgreSQL: is it as quick at the end?

Half of them wait, half were decided, by many authors, in four markets. Measured is the server's time alone, from the
request to the whole answer through every middleware, in one process: the next one, a decision, the page of the queue.
Peer is the same with a thousand.
"""

import time
from collections.abc import Callable
from uuid import uuid4

from _common import Row, parser, percentile, report, say
from _postgres import postgres

SIZES, QUICK_SIZES = (1_000, 100_000, 1_000_000), (1_000, 20_000, 100_000)
ROUNDS, PAGES = 200, 60

SUBMISSIONS = """
INSERT INTO intake_submission (id, app_id, external_id, content_digest, author, market, language, app_version, trail,
    state, decided_by, reasons, feedback, priority, queue, weight, risk, received_at, prefiltered_at, review_due_at,
    decided_at, answer_at, audit, held, looks)
SELECT gen_random_uuid(), %(app)s, 'n-' || n, '', 'author-' || (n %% %(authors)s),
    (ARRAY['DK','DE','ES','US'])[1 + n %% 4], (ARRAY['da','de','es','en'])[1 + n %% 4], '5.3.1', gen_random_uuid(),
    CASE WHEN n %% 2 = 0 THEN 'queued' ELSE 'approved' END, CASE WHEN n %% 2 = 0 THEN NULL ELSE 'moderator' END,
    '[]', '', n %% 5 / 4, (ARRAY['', '', '', 'german'])[1 + n %% 4], n %% 3, n %% 90, at, at, at + interval '15 min',
    CASE WHEN n %% 2 = 0 THEN NULL ELSE at END, CASE WHEN n %% 2 = 0 THEN NULL ELSE at END, false, false, 1
FROM (SELECT n, now() - (n * interval '0.5 s') AS at FROM generate_series(%(first)s::int, %(last)s::int) n) AS rows
"""
PARTS = """
INSERT INTO intake_part (id, submission_id, kind, position, role, text, file, preview, width, height, seconds, digest,
    had_gps)
SELECT gen_random_uuid(), id, kind, 0, CASE kind WHEN 'text' THEN 'title' ELSE '' END,
    CASE kind WHEN 'text' THEN 'My house no. ' || external_id ELSE '' END, '', '', 1200, 900, 0, '', false
FROM intake_submission, (VALUES ('text'), ('image')) AS kinds (kind)
WHERE state = 'queued' AND NOT EXISTS (SELECT 1 FROM intake_part p WHERE p.submission_id = intake_submission.id)
"""
FINDINGS = """
INSERT INTO prefilter_finding (part_id, detector, model_version, alias, counted, verdict, reason, score, threshold,
    evidence, note, ms, made_at)
SELECT p.id, CASE kind WHEN 'text' THEN 'profanity' ELSE 'face' END, '1', 'champion', true, 'pass', '', 0.1, 0.6, '[]',
    '', 5, now()
FROM intake_part p WHERE NOT EXISTS (SELECT 1 FROM prefilter_finding f WHERE f.part_id = p.id)
"""
DECISIONS = """
INSERT INTO desk_decision (id, submission_id, moderator_id, outcome, reasons, policy, note, on_appeal, decided_at)
SELECT gen_random_uuid(), id, %(person)s, 'approve', '[]', 1, '', false, decided_at FROM intake_submission
WHERE state = 'approved' AND NOT EXISTS (SELECT 1 FROM desk_decision d WHERE d.submission_id = intake_submission.id)
"""


def grow(first: int, last: int, app: int, person: int) -> None:
    from django.db import connection

    values = {"app": app, "authors": max(1, last // 20), "first": first, "last": last, "person": person}
    with connection.cursor() as cursor:
        for statement in (SUBMISSIONS, PARTS, FINDINGS, DECISIONS):
            cursor.execute(statement, values)
        cursor.execute("VACUUM ANALYZE")


def timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def measure(client: object) -> dict[str, list[float]]:
    """Milliseconds of each request: a moderator with one on the screen and one ahead."""
    from django.urls import reverse

    times: dict[str, list[float]] = {"next": [], "decide": [], "queue": []}
    json = {"HTTP_ACCEPT": "application/json"}

    def ask() -> str:
        answer = client.post("/desk/next/", {"id": held}, **json)  # type: ignore[attr-defined]
        assert answer.status_code == 200, answer.status_code
        return str(answer.json()["html"]).split('data-submission="')[1][:36]

    held: list[str] = []
    for n in range(ROUNDS + 10):
        started = time.perf_counter()
        held.append(ask())
        took = (time.perf_counter() - started) * 1000
        one, url = held[0], ""
        if len(held) == 2:
            url = reverse("desk-decide", args=[held.pop(0)])
            form = {"approve": "1", "decision": str(uuid4())}
            decided = timed(lambda url=url, form=form: _ok(client.post(url, form, **json)))  # type: ignore[attr-defined,misc]
            if n >= 10:
                times["decide"].append(decided)
                times["next"].append(took)
        assert one
    for n in range(PAGES + 5):
        took = timed(lambda: _ok(client.get("/desk/queue/")))  # type: ignore[attr-defined]
        if n >= 5:
            times["queue"].append(took)
    client.post("/desk/release/", {"id": held})  # type: ignore[attr-defined]
    return times


def _ok(answer: object) -> None:
    assert answer.status_code == 200, getattr(answer, "content", b"")[:500]  # type: ignore[attr-defined]


def main() -> None:
    args = parser(__doc__).parse_args()
    sizes = QUICK_SIZES if args.quick else SIZES
    with postgres():
        from django.conf import settings
        from django.contrib.auth.models import Group
        from django.test import Client

        from brickmod.access.models import App, User
        from moderation.queues.models import Queue

        settings.ALLOWED_HOSTS = ["*"]
        app = App.objects.create(name="Brick Club", slug="brick-club")
        Queue.objects.create(slug="german", name="German", languages=["de"])
        person = User.objects.create_user("mia", password="a brick upon a brick")
        person.groups.add(Group.objects.get(name="moderator"))
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        found, there = {}, 0
        for size in sizes:
            started = time.perf_counter()
            grow(there + 1, size, app.pk, person.pk)
            there = size
            say(f"{size:,} submissions after {time.perf_counter() - started:.0f} s")
            found[size] = measure(client)
            for name, times in found[size].items():
                say(f"  {name}: p50 {percentile(times, 50):.1f} ms, p95 {percentile(times, 95):.1f} ms")
        first, last = found[sizes[0]], found[sizes[-1]]
        peer = f"ours at {sizes[0]:,}"
        rows = [
            Row(f"{name}{suffix}", percentile(last[key], q), percentile(first[key], q), peer, f"ms p{q}")
            for key, name in (("next", "next"), ("decide", "decide"), ("queue", "queue page"))
            for q, suffix in ((95, ""), (50, " p50"))
        ]
        rows += [
            Row(f"{name} at {size:,}", percentile(found[size][name], 95), percentile(first[name], 95), peer, "ms p95")
            for size in sizes[1:-1]
            for name in ("next", "decide", "queue")
        ]
        report("desk", rows)


if __name__ == "__main__":
    main()
