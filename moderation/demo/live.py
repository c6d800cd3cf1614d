"""Posts uploads to a running BrickMod through its public API, as an app does."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from threading import Event
from typing import Any

import httpx

from moderation.demo.sending import Sending

WAIT = 10  # seconds that the API may take to look before it answers
SETTLE = 300  # seconds after a burst in which every verdict must be there
Say = Callable[[str], None]


@dataclass(frozen=True)
class Answer:
    """What became of one upload. `status` is the API's word, or "failed"."""

    sending: Sending
    status: str
    detail: str
    seconds: float
    id: str = ""


class Caller:
    """An app that calls the API. Threads may share it."""

    def __init__(self, url: str, key: str, transport: httpx.BaseTransport | None = None) -> None:
        self.http = httpx.Client(
            base_url=url.rstrip("/") + "/api/v1/",
            headers={"Authorization": f"Bearer {key}"},
            timeout=WAIT + 20,
            transport=transport,
            limits=httpx.Limits(max_connections=64),
        )

    def post(self, sending: Sending, wait: int = WAIT) -> Answer:
        started = time.monotonic()
        story = sending.story
        fields: dict[str, Any] = {
            "external_id": sending.external_id,
            "author": sending.author,
            "market": story.market,
            "language": story.language,
            "app_version": sending.app_version,
            "title": story.title,
            "text": story.text,
            "hashtags": list(story.hashtags),
        }
        named = [("images", file) for file in sending.images()] + [("videos", file) for file in sending.videos()]
        files = [(field, (file.name, file)) for field, file in named]
        drawn = time.monotonic()
        try:
            answer = self.http.post(
                "submissions/", data=fields, files=files or None, headers={"Prefer": f"wait={wait}"} if wait else {}
            )
            body = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            return Answer(sending, "failed", f"{type(error).__name__}: {error}", time.monotonic() - started)
        seconds = time.monotonic() - drawn
        if answer.status_code not in (200, 201, 202):
            return Answer(sending, "failed", f"{answer.status_code} {body.get('detail', '')}", seconds)
        reasons = ", ".join(reason["code"] for reason in body["reasons"])
        return Answer(sending, body["status"], reasons, seconds, body["id"])

    def status_of(self, id: str) -> str:
        answer = self.http.get(f"submissions/{id}/")
        answer.raise_for_status()
        return str(answer.json()["status"])


def line(answer: Answer) -> str:
    """One upload on one line."""
    story = answer.sending.story
    what = "+".join(shot.kind for shot in answer.sending.shots) or "text"
    head = f"{time.strftime('%H:%M:%S')}  {answer.status:<9} {answer.seconds:5.2f} s"
    told = f"{head}  {story.market} {what:<12} {story.title!r}"
    return f"{told}  {answer.detail}" if answer.detail else told


def live(
    caller: Caller,
    uploads: Iterator[Sending],
    rate: float,
    count: int | None,
    say: Say,
    stop: Event,
    wait: int = WAIT,
) -> Counter[str]:
    """Post `rate` uploads a minute until `count` are sent (None: for ever) or `stop` is set. What became of them.

    The beat is kept by a clock: an upload that is waited for does not hold the next one up.
    """
    seen: Counter[str] = Counter()

    def told(done: Future[Answer]) -> None:
        answer = done.result()
        seen[answer.status] += 1
        say(line(answer))

    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=max(2, min(32, int(rate / 60 * WAIT) + 1))) as pool:
        for n, sending in enumerate(uploads if count is None else islice(uploads, count)):
            if stop.wait(max(0.0, started + n * 60 / rate - time.monotonic())):
                break
            pool.submit(caller.post, sending, wait).add_done_callback(told)
    return seen


def burst(caller: Caller, uploads: Iterable[Sending], say: Say, threads: int = 8) -> Counter[str]:
    """Post all as fast as they go, then wait until each has a verdict. What became of them."""
    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=threads) as pool:
        answers = list(pool.map(lambda sending: caller.post(sending, wait=0), uploads))
    taken = [answer for answer in answers if answer.id]
    for answer in answers:
        if not answer.id:
            say(line(answer))
    say(f"{len(taken)} of {len(answers)} taken in after {time.monotonic() - started:.1f} s")
    seen: Counter[str] = Counter(answer.status for answer in answers if not answer.id)
    open_ids, until = [answer.id for answer in taken], time.monotonic() + SETTLE
    while open_ids:
        still = []
        for id in open_ids:
            status = caller.status_of(id)
            if status == "analysing" and time.monotonic() < until:
                still.append(id)
            else:
                seen[status] += 1
        open_ids = still
        if open_ids:
            time.sleep(1)
    say(f"all looked at after {time.monotonic() - started:.1f} s")
    return seen


def counted(seen: Counter[str]) -> str:
    return ", ".join(f"{number} {status}" for status, number in sorted(seen.items())) or "nothing sent"
