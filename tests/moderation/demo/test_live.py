"""Uploads that keep coming, through the real API over HTTP."""

from itertools import islice
from random import Random
from threading import Event

import pytest

from brickmod.access.actions import issue_key
from moderation.demo.live import Caller, counted, line, live
from moderation.demo.sending import Sending, Shot, endless
from moderation.demo.stories import stories
from moderation.intake.models import Submission


@pytest.fixture
def caller(live_server, calling_app, settings) -> Caller:
    settings.ALLOWED_HOSTS = ["*"]
    _, key = issue_key(calling_app, ["submit"])
    return Caller(live_server.url, key)


def test_an_upload_arrives_with_all_that_it_says(caller):
    story = stories()[0]
    sending = Sending("one", "otter-1", story, (Shot("build", 1), Shot("video", 1)))
    answer = caller.post(sending, wait=0)
    assert answer.status == "analysing", answer.detail
    submission = Submission.objects.get(external_id="one")
    assert str(submission.id) == answer.id
    names = {part.name: part for part in submission.parts.all()}
    assert set(names) == {"title", "text", "hashtags", "image:0", "video:0"}
    assert names["text"].text == story.text
    assert names["hashtags"].text == " ".join(f"#{tag}" for tag in story.hashtags)
    assert caller.status_of(answer.id) == "analysing"
    assert story.title in line(answer)


def test_live_stops_after_the_count_and_tells_of_each(caller):
    said: list[str] = []
    seen = live(caller, endless(Random(2), 0), rate=6000, count=3, say=said.append, stop=Event(), wait=0)
    assert seen.total() == len(said) == 3
    assert Submission.objects.count() == 3


def test_live_stops_when_it_is_told_to(caller):
    stop = Event()
    stop.set()
    assert live(caller, endless(Random(2)), rate=1, count=None, say=print, stop=stop).total() == 0


def test_a_server_that_is_not_there_is_told_in_one_line():
    nobody = Caller("http://127.0.0.1:1", "bm_nothing")
    answer = nobody.post(next(islice(endless(Random(1)), 1)))
    assert answer.status == "failed"
    assert "ConnectError" in line(answer)
    assert "\n" not in line(answer)


def test_a_wrong_key_is_told(live_server, settings):
    settings.ALLOWED_HOSTS = ["*"]
    answer = Caller(live_server.url, "bm_wrong").post(Sending("x", "y", stories()[0]))
    assert (answer.status, answer.detail[:3]) == ("failed", "401")


def test_a_count_reads_like_a_sentence():
    from collections import Counter

    assert counted(Counter(rejected=2, queued=1)) == "1 queued, 2 rejected"
    assert counted(Counter()) == "nothing sent"
