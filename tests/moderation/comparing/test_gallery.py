"""The gallery shows what two heads disagree on, while it is there, to people who may see pictures."""

import pytest
from django.urls import reverse
from django.utils import timezone

from featurestore.heads.models import Alias, HeadVersion, Serving
from moderation.comparing.disagreements import disagreements, heads_of
from moderation.intake.actions import erase
from moderation.intake.models import DecidedBy, State, Submission
from moderation.prefilter.models import Finding, Recheck
from tests import submissions

pytestmark = pytest.mark.django_db
URL = "/models/face/disagreements/"
BOX = {"x": 0.2, "y": 0.2, "w": 0.3, "h": 0.4, "label": "face", "score": 0.9}


@pytest.fixture
def heads(db) -> tuple[HeadVersion, HeadVersion]:
    made = [
        HeadVersion.objects.create(task="face", version=v, encoder="e", view="face", onnx=b"", sheet={})
        for v in ("1", "2")
    ]
    for head, alias in zip(made, (Alias.CHAMPION, Alias.CHALLENGER), strict=True):
        Serving.objects.create(task="face", alias=alias, head=head)
    return made[0], made[1]


@pytest.fixture
def differ(calling_app, heads):
    """differ(0.9, 0.2): a picture with these scores of the champion and the challenger, thresholds 0.6."""

    def differ(a: float, b: float, swapped: bool = False, **fields) -> Submission:
        one = submissions.waiting(calling_app, pictures=1, **fields)
        part = one.parts.get(kind="image")
        for head, score, alias in zip(heads, (a, b), ("champion", "challenger"), strict=True):
            # A canary's verdict counts in place of the champion's; the versions tell who said what.
            counted = (alias == "challenger") == swapped
            Finding.every.create(
                part=part,
                detector="face",
                model_version=head.version,
                alias=alias,
                verdict="reject" if score >= 0.6 else "pass",
                reason="face" if score >= 0.6 else "",
                score=score,
                threshold=0.6,
                evidence=[BOX] if score >= 0.6 else [],
                ms=1,
                counted=counted,
            )
        return one

    return differ


def decided(one: Submission, state: str, reasons: list[str]) -> None:
    codes = [{"code": code, "title": code} for code in reasons]
    Submission.objects.filter(id=one.id).update(state=state, decided_by=DecidedBy.MODERATOR, reasons=codes)


def shown(heads) -> list[tuple[float, float, bool | None, str]]:
    return sorted((one.a_score, one.b_score, one.label, one.right) for one in disagreements("face", *heads))


def test_only_disagreements_with_what_people_said(differ, heads):
    differ(0.9, 0.8)
    differ(0.1, 0.2)
    differ(0.7, 0.1)
    decided(differ(0.2, 0.9), State.REJECTED, ["face"])
    decided(differ(0.3, 0.9), State.APPROVED, [])
    decided(differ(0.8, 0.3, swapped=True), State.REJECTED, ["face", "rude"])
    decided(differ(0.4, 0.9), State.REJECTED, ["rude"])
    assert shown(heads) == [
        (0.2, 0.9, True, "b"),
        (0.3, 0.9, False, "a"),
        (0.4, 0.9, None, ""),
        (0.7, 0.1, None, ""),
        (0.8, 0.3, True, "a"),
    ]


def test_a_recheck_is_an_answer_too(differ, heads):
    reasons = [{"code": "face", "title": "Face"}]
    for score, state, answer in (
        (0.7, State.REJECTED, "right"),
        (0.8, State.QUEUED, "back"),
        (0.9, State.REJECTED, ""),
    ):
        by = DecidedBy.PREFILTER if state == State.REJECTED else None
        one = differ(score, 0.1, state=state, decided_by=by, reasons=reasons if by else [])
        Recheck.objects.create(submission=one, place=0.5, chance=1, answer=answer, drawn_at=timezone.now())
    assert shown(heads) == [(0.7, 0.1, True, "a"), (0.8, 0.1, False, "b"), (0.9, 0.1, None, "")]


def test_what_is_erased_is_not_shown(differ, heads):
    one = differ(0.9, 0.1)
    assert len(disagreements("face", *heads)) == 1
    Submission.objects.filter(id=one.id).update(state=State.WITHDRAWN)
    assert disagreements("face", *heads) == []
    erase(Submission.objects.get(id=one.id))
    assert disagreements("face", *heads) == []


def test_versions_may_be_named(heads):
    third = HeadVersion.objects.create(task="face", version="3", encoder="e", view="face", onnx=b"", sheet={})
    assert heads_of("face") == heads
    assert heads_of("face", challenger="3") == (heads[0], third)
    assert heads_of("face", champion="3", challenger="2") == (third, heads[1])
    assert heads_of("face", challenger="9") == (heads[0], None)
    assert heads_of("profanity") == (None, None)


class TestPage:
    def test_a_part_of_a_page_or_a_page(self, differ, lead, logged_in):
        one = differ(0.9, 0.1)
        client = logged_in(lead)
        whole = client.get(URL)
        part = client.get(URL, headers={"HX-Request": "true"}).content.decode()
        assert b"<html" in whole.content
        assert "<html" not in part
        picture = reverse("part-file", args=[one.parts.get(kind="image").id, "preview"])
        for page in (whole.content.decode(), part):
            assert picture in page
            assert "0.900" in page
            assert "<rect" in page
            assert "Nobody has said yet." in page

    def test_filters_sorts_and_pages(self, differ, lead, logged_in):
        client = logged_in(lead)
        decided(differ(0.9, 0.1), State.APPROVED, [])
        differ(0.7, 0.5)
        only = client.get(URL, {"right": "b"}).content.decode()
        assert "0.900" in only
        assert "0.700" not in only
        assert "None of the 2" in client.get(URL, {"right": "a"}).content.decode()
        assert "0.700" in client.get(URL, {"right": "open"}).content.decode()
        both = client.get(URL, {"sort": "gap"}).content.decode()
        assert both.index("0.900") < both.index("0.700")
        both = client.get(URL, {"sort": "b"}).content.decode()
        assert both.index("0.700") < both.index("0.900")
        for _ in range(24):
            differ(0.65, 0.2)
        first = client.get(URL, {"challenger": "2"}).content.decode()
        assert "Page 1 of 2" in first
        assert "?challenger=2&amp;right=&amp;sort=gap&amp;page=2" in first
        assert "Page 2 of 2" in client.get(URL, {"page": "9", "sort": "nonsense"}).content.decode()

    def test_texts_are_shown_as_they_were_written(self, calling_app, lead, logged_in):
        for version, alias in (("1", Alias.CHAMPION), ("2", Alias.CHALLENGER)):
            head = HeadVersion.objects.create(
                task="profanity", version=version, encoder="e", view="text", onnx=b"", sheet={}
            )
            Serving.objects.create(task="profanity", alias=alias, head=head)
        part = submissions.waiting(calling_app, title="<b>bum</b>").parts.get()
        spans = [{"start": 3, "end": 6, "label": "rude"}]
        given = {"part": part, "detector": "profanity", "threshold": 0.5, "ms": 1}
        Finding.every.create(model_version="1", verdict="reject", score=0.9, evidence=spans, **given)
        Finding.every.create(model_version="2", alias="challenger", verdict="pass", score=0.1, **given)
        page = logged_in(lead).get("/models/profanity/disagreements/").content.decode()
        assert "&lt;b&gt;<mark>bum</mark>&lt;/b&gt;" in page

    def test_where_there_is_nothing(self, heads, lead, logged_in):
        client = logged_in(lead)
        assert "disagree on nothing" in client.get(URL).content.decode()
        Serving.objects.filter(alias="challenger").delete()
        assert "No challenger looks" in client.get(URL).content.decode()
        Serving.objects.all().delete()
        assert "Nobody serves this task yet" in client.get(URL).content.decode()
        assert client.get("/models/nothing/disagreements/").status_code == 404

    @pytest.mark.parametrize("role", ["moderator", "ml_engineer", ""])
    def test_it_takes_both_rights(self, heads, make_user, logged_in, role):
        assert logged_in(make_user(role)).get(URL).status_code == 403
