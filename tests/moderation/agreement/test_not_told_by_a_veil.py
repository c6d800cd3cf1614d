"""A veil lies over what was rejected: where people decide blind, it must not tell what others decided. And who has had
enough of what is hard is given no more of it."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from moderation.agreement import known, second
from moderation.agreement.models import KnownCase, SecondLook
from moderation.care.models import Limit, Sight
from moderation.intake.models import DecidedBy, State

pytestmark = pytest.mark.django_db
HARD = [("image:0", "nudity", "flag", "nudity", [])]


def frames(html: str) -> list[str]:
    return re.findall(r'class="canvas ?([^"]*)"', html)


def test_blind_both_are_veiled_alike(decided, lead, logged_in):
    shown = []
    for outcome, reasons in (("approve", ()), ("reject", ("rude",))):
        made = decided(outcome, reasons, pictures=1)
        SecondLook.objects.all().delete()
        assert second.draw(chance=1) or SecondLook.objects.filter(decision=made).exists()
        SecondLook.objects.exclude(decision=made).delete()
        shown.append(frames(logged_in(lead).get(reverse("agreement-second")).content.decode()))
    assert shown == [["veil veil-blur veil-hover"]] * 2


def test_a_known_case_at_the_desk_is_veiled_for_what_was_found_alone(waiting, moderator, lead, settings, logged_in):
    settings.KNOWN_PERCENT = 100
    now = timezone.now()
    row = waiting(
        title="Buy coins", pictures=1, state=State.REJECTED, decided_by=DecidedBy.PREFILTER, decided_at=now,
        answer_at=now, reasons=[{"code": "advert", "title": "Advert"}],
    )  # fmt: skip
    known.make(lead, row, "reject", ["advert"], "It sells something.")
    client = logged_in(moderator)
    html = client.post(reverse("desk-next"), {}, HTTP_ACCEPT="application/json").json()["html"]
    assert "Buy coins" in html
    assert frames(html) == [""]


def test_who_has_had_enough_is_given_none_that_is_hard(decided, waiting, moderator, lead, settings):
    limit = Limit.objects.order_by("severity")[0]
    decided("reject", ("nudity",), pictures=1, found=HARD)
    SecondLook.objects.all().delete()
    second.draw(chance=1)
    case = KnownCase.objects.create(
        submission=SecondLook.objects.get().submission, outcome="reject", reasons=["nudity"], why="x", made_by=moderator
    )
    assert known.put(lead, "desk", KnownCase.objects.filter(pk=case.pk))
    case.answers.all().delete()
    for _ in range(limit.an_hour):
        Sight.objects.create(person=lead, severity=limit.severity)
    assert second.take(lead) is None
    assert known.put(lead, "desk", KnownCase.objects.filter(pk=case.pk)) == []
