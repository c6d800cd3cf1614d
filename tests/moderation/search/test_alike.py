"""More like this: the same file, the same look, a vector near to it; never what a person may not see."""

import io

import numpy as np
import pytest
from django.core.files.base import ContentFile

from moderation.intake.models import Part, State, Submission
from moderation.search.actions import take_looks
from moderation.search.alike import alike
from moderation.search.models import Look
from tests.moderation.search.test_looks import drawn, saved

pytestmark = pytest.mark.django_db


@pytest.fixture
def with_picture(waiting):
    def with_picture(file: io.BytesIO, digest="", **fields):
        one = waiting(**fields)
        part = Part(submission=one, kind="image", position=0, width=64, height=48, digest=digest)
        part.preview.save("p.jpg", ContentFile(file.getvalue()), save=False)
        part.save(force_insert=True)
        return one

    return with_picture


def test_the_nearest_first(with_picture, moderator):
    first = with_picture(saved(drawn(1)), digest="a")
    smaller = with_picture(saved(drawn(1).resize((200, 150))), digest="b")
    same = with_picture(saved(drawn(1)), digest="a")
    with_picture(saved(drawn(2)), digest="c")
    gone = with_picture(saved(drawn(1)), digest="a")
    Submission.objects.filter(id=gone.id).update(state=State.WITHDRAWN)
    assert take_looks() == 4
    assert take_looks() == 0
    found = alike(moderator, first)
    assert [one.id for one in found] == [same.id, smaller.id]
    assert found[0].how == "the very same file"
    assert "looks the same" in found[1].how


def test_many_pictures_of_one_colour_hold_nothing_up(with_picture, moderator, monkeypatch):
    for _ in range(3):
        with_picture(io.BytesIO(saved(drawn(1).point(lambda _: 0)).getvalue()))
    last = with_picture(saved(drawn(3)))
    while take_looks(most=2):
        pass
    assert Look.objects.count() == 4
    assert Look.objects.exclude(a=None).get().part.submission_id == last.id


def test_a_picture_that_cannot_be_read_is_passed_over(with_picture):
    with_picture(io.BytesIO(b"no picture"))
    assert take_looks() == 1
    assert Look.objects.get().bits is None


def test_vectors_while_the_link_lives(waiting, feature_of, moderator):
    one, near, far = waiting(title="A"), waiting(title="B"), waiting(title="C")
    feature_of(one, "title"), feature_of(near, "title")
    assert [other.id for other in alike(moderator, one)] == [near.id]
    assert far.id not in {other.id for other in alike(moderator, one)}
    assert np.isclose(alike(moderator, one)[0].far, 8 / 64)
