"""What integrators read is what happens."""

import json
import re
import time
from datetime import timedelta
from pathlib import Path

from brickmod.outbox import delivering, signing
from brickmod.outbox.models import EventType
from brickmod.outbox.schedule import GIVES_UP_AFTER, STEPS

PAGE = (Path(__file__).parents[3] / "docs/webhooks.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_every_event_has_a_heading():
    assert re.findall(r"^### (\S+)$", PAGE, re.MULTILINE) == EventType.values


def test_the_examples_are_json_of_a_known_type():
    for block in blocks("json"):
        event = json.loads(block)
        assert event.keys() == {"type", "timestamp", "data"}
        assert event["type"] in EventType.values


def test_the_snippet_takes_our_messages_and_no_others():
    [snippet] = blocks("python")
    names: dict = {}
    exec(snippet, names)
    check, secret, other, body = names["is_from_brickmod"], signing.new_secret(), signing.new_secret(), b'{"a": 1}'
    now = int(time.time())
    assert check(signing.headers([other, secret], "m1", now, body), body, secret)
    assert not check(signing.headers([other], "m1", now, body), body, secret)
    assert not check(signing.headers([secret], "m1", now, body), body + b" ", secret)
    assert not check(signing.headers([secret], "m1", now - 400, body), body, secret)


def test_the_schedule_is_the_one_that_is_kept():
    assert [step.total_seconds() for step in STEPS] == [5, 30, 120, 600, 3600, 10800, 21600]
    assert timedelta(hours=24) == GIVES_UP_AFTER
    assert delivering.AT_ONCE == 4
