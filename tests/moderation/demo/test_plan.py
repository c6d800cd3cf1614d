"""What the demo says: valid for the API, in many languages, and of every kind that a page must show."""

from itertools import islice
from random import Random

import pytest

from moderation.demo.builds import THEMES
from moderation.demo.plan import APPS, plan
from moderation.demo.sending import Sending, burst, endless
from moderation.demo.stories import stories
from moderation.intake.serializers import SubmissionIn


def fields(sending: Sending) -> dict[str, object]:
    story = sending.story
    return {
        "external_id": sending.external_id,
        "author": sending.author,
        "market": story.market,
        "language": story.language,
        "app_version": sending.app_version,
        "title": story.title,
        "text": story.text,
        "hashtags": list(story.hashtags),
    }


def test_stories_are_told_in_many_languages_about_every_theme():
    told = stories()
    assert len({story.language.split("-")[0] for story in told}) >= 12
    assert {story.theme for story in told} == set(THEMES)


@pytest.mark.parametrize("row", plan(), ids=lambda row: row.sending.external_id)
def test_the_api_would_take_what_is_planned(row):
    incoming = SubmissionIn(data=fields(row.sending))
    # Files are not looked at here; a submission without any part is refused by the same serializer.
    assert incoming.is_valid(), incoming.errors
    assert row.app in APPS


def test_the_plan_is_the_same_each_time_and_every_id_is_its_own():
    assert plan() == plan()
    ids = [row.sending.external_id for row in plan()]
    assert len(ids) == len(set(ids))


def test_there_is_something_for_every_page():
    rows = plan()
    waiting = [row for row in rows if not row.earlier and not row.bad]
    assert len(rows) >= 60
    assert len(waiting) >= 30
    assert sum(15 < row.minutes < 30 for row in waiting) >= 3  # late
    kinds = {shot.kind for row in rows for shot in row.sending.shots}
    assert {"build", "video", "black", "blurred", "astronaut"} <= kinds
    assert any(len(row.sending.shots) > 2 for row in waiting)
    assert any(not row.sending.shots for row in waiting)
    assert any(row.sending.story.language == "ar" for row in waiting)
    assert any(len(row.sending.story.text) > 400 for row in waiting)
    assert {row.app for row in waiting} == set(APPS)
    outcomes = [row.outcome for row in rows if row.earlier]
    assert outcomes.count("approve") >= 10
    assert {"personal_data", "advert", "not_a_build"} <= set(outcomes)


def test_live_uploads_go_on_and_are_never_the_same_twice():
    some = list(islice(endless(Random(3), bad_share=0.5), 60))
    assert len({sending.external_id for sending in some}) == 60
    kinds = {shot.kind for sending in some for shot in sending.shots}
    assert "build" in kinds
    assert kinds - {"build"}
    assert all(SubmissionIn(data=fields(sending)).is_valid() for sending in some)


def test_without_bad_ones_all_are_builds():
    some = islice(endless(Random(3), bad_share=0), 40)
    assert {shot.kind for sending in some for shot in sending.shots} == {"build"}


def test_a_burst_has_as_many_different_files_as_were_asked_for():
    sent = list(burst("black", 5, Random(1)))
    assert len({sending.external_id for sending in sent}) == 5
    assert len({sending.images()[0].read() for sending in sent}) == 5
