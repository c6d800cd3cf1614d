"""A thousand black pictures in a minute: is each of them answered, and does the desk stay quick meanwhile?

Eight senders post them spread over a minute, without waiting for verdicts, while a moderator's browser asks for the
desk again and again. The desk's time in the burst is compared with its time before it, in the same run.
"""

import io
import threading
import time
from collections import Counter

import httpx
from _common import Row, parser, percentile, report, say
from _stack import new_key, stack
from PIL import Image

TOTAL, MINUTE = 1000, 60.0


def black(seed: int) -> bytes:
    """A pocket's inside; no two are the same file."""
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), (seed % 5, seed % 3, seed % 4)).save(out, "JPEG", quality=85, comment=str(seed))
    return out.getvalue()


def moderator(url: str) -> httpx.Client:
    from django.contrib.auth.models import Group

    from brickmod.access.models import User

    person = User.objects.create_user("burst", password="a burst of bricks")
    person.groups.add(Group.objects.get(name="moderator"))
    client = httpx.Client(base_url=url, follow_redirects=True, timeout=30)
    page = client.get("/login/")
    token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    done = client.post(
        "/login/", data={"username": "burst", "password": "a burst of bricks", "csrfmiddlewaretoken": token}
    )
    assert "/login/" not in str(done.url), "the login failed"
    return client


def desk_times(client: httpx.Client, stop: threading.Event, times: list[float]) -> None:
    while not stop.is_set():
        started = time.perf_counter()
        answer = client.get("/desk/")
        times.append((time.perf_counter() - started) * 1000)
        assert answer.status_code == 200, answer.status_code
        time.sleep(0.1)


def send(url: str, key: str, numbers: range, sent: list[float], start: float) -> None:
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60) as client:
        for number in numbers:
            fields = {"external_id": f"burst-{number}", "author": "pocket", "market": "DE", "language": "de"}
            started = time.perf_counter()
            answer = client.post("/api/v1/submissions/", data=fields, files={"images": ("black.jpg", black(number))})
            assert answer.status_code in {201, 202}, answer.text
            sent.append((time.perf_counter() - started) * 1000)


def main() -> None:
    parser(__doc__).parse_args()
    with stack() as trial:
        from moderation.intake.models import State, Submission

        key, client = new_key(), moderator(trial.url)
        quiet: list[float] = []
        stop = threading.Event()
        threading.Timer(8, stop.set).start()
        desk_times(client, stop, quiet)

        say(f"sending {TOTAL} black pictures")
        busy: list[float] = []
        sent: list[float] = []
        stop = threading.Event()
        watcher = threading.Thread(target=desk_times, args=(client, stop, busy))
        watcher.start()
        started = time.perf_counter()
        senders = [
            threading.Thread(target=send, args=(trial.url, key, range(n, TOTAL, 8), sent, started)) for n in range(8)
        ]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        accepted = time.perf_counter() - started
        while Submission.objects.filter(state=State.ANALYSING).exists() and time.perf_counter() - started < 300:
            time.sleep(0.2)
        answered = time.perf_counter() - started
        stop.set()
        watcher.join()
        states = Counter(Submission.objects.values_list("state", flat=True))
        say(f"states: {dict(states)}")
        report(
            "burst",
            [
                Row("lost", TOTAL - states[State.REJECTED] - states[State.QUEUED], unit="submissions"),
                Row("accepted", accepted, unit="s for 1,000"),
                Row("answered", answered, unit="s for 1,000"),
                Row("accept", percentile(sent, 95), unit="ms p95"),
                Row("desk", percentile(busy, 95), percentile(quiet, 95), "the desk before the burst", "ms p95"),
            ],
        )


if __name__ == "__main__":
    main()
