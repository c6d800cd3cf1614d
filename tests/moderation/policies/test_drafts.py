"""A draft, what it would have touched, and the time from which it holds."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from brickmod.access.models import AuditEvent, Verb
from moderation.desk.actions import BadReason, claim_next, decide
from moderation.feedback import content, texts
from moderation.feedback.actions import new_policy
from moderation.feedback.models import Example, FeedbackText, MarketRule, Policy, Reason
from moderation.feedback.texts import current_policy, feedback_for
from moderation.policies.actions import NotDone, back, begin, publish_due, schedule, write
from moderation.policies.changing import Place, apply, between
from moderation.policies.models import Draft
from moderation.policies.touched import touched
from tests.submissions import waiting

pytestmark = pytest.mark.django_db
TEXT = Place("text", "rude", "da", "text")
NEW = "Nogle af ordene kan gøre andre kede af det. Find nogle rare ord. Send det så igen!"


@pytest.fixture(autouse=True)
def nothing_kept():
    texts.forget()
    yield
    texts.forget()


def later(minutes: float = 1):
    return timezone.now() + timedelta(minutes=minutes)


def test_from_its_time_on_it_holds_and_the_old_policy_can_still_be_read(lead):
    old = feedback_for(["rude"], "da")
    draft = write(lead, begin(lead, "kinder words"), {TEXT: NEW})
    schedule(lead, draft, later())
    assert publish_due() == 0
    assert feedback_for(["rude"], "da") == old
    Draft.objects.update(effective_at=timezone.now())
    assert publish_due() == 1
    assert publish_due() == 0
    assert feedback_for(["rude"], "da") == NEW
    draft.refresh_from_db()
    assert (draft.state, draft.policy_id) == ("published", current_policy())
    before, now = Policy.objects.order_by("version")
    assert [(c.place, c.old, c.new) for c in between(before.content, now.content)] == [(TEXT, old, NEW)]
    assert FeedbackText.objects.get(reason_id="rude", language="da").edited  # a release leaves it alone
    assert AuditEvent.objects.filter(verb=Verb.POLICY).count() == 2


def test_a_decision_keeps_the_policy_under_which_it_was_made(lead, moderator, calling_app):
    waiting(calling_app)
    first = decide(moderator, claim_next(moderator), "reject", ["rude"])
    draft = write(lead, begin(lead, "x"), {TEXT: NEW})
    schedule(lead, draft, timezone.now())
    waiting(calling_app)
    second = decide(moderator, claim_next(moderator), "reject", ["rude"])
    first.refresh_from_db()
    assert (second.policy, first.policy) == (first.policy + 1, current_policy() - 1)
    assert first.submission.feedback != second.submission.feedback


def test_what_would_have_changed(lead, moderator, calling_app):
    for language in ("da", "da", "sv"):
        waiting(calling_app, language=language)
        decide(moderator, claim_next(moderator), "reject", ["rude"])
    waiting(calling_app)
    decide(moderator, claim_next(moderator), "reject", ["face"])
    draft = write(lead, begin(lead, "x"), {TEXT: NEW, Place("reason", "rude", "", "retired"): True})
    now = content.read()
    found = touched(now, apply(now, draft.all_changes), {"rude"})
    assert (found.looked, found.people, found.prefilter, found.other_words, found.not_possible) == (4, 3, 0, 2, 3)
    assert found.by_reason == (("rude", 3),)
    assert [(one.language, one.new) for one in found.samples] == [("da", NEW)]


def test_what_somebody_else_changed_is_not_written_over(lead):
    draft = schedule(lead, write(lead, begin(lead, "x"), {TEXT: NEW}), later())
    FeedbackText.objects.filter(reason_id="rude", language="da").update(text="Noget helt andet.")
    new_policy("by hand")
    Draft.objects.update(effective_at=timezone.now())
    assert publish_due() == 0
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert "rude da" in draft.problem
    assert feedback_for(["rude"], "da") == "Noget helt andet."
    with pytest.raises(NotDone, match="rude da"):
        schedule(lead, draft, later())


def test_who_may_and_what_the_database_refuses(lead, moderator):
    with pytest.raises(PermissionDenied):
        begin(moderator, "x")
    draft = begin(lead, "x")
    with pytest.raises(NotDone, match="nothing"):
        schedule(lead, draft, later())
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.update(state="scheduled")
    with pytest.raises(IntegrityError), transaction.atomic():
        Draft.objects.update(state="published", effective_at=timezone.now(), scheduled_by=lead)
    schedule(lead, write(lead, draft, {TEXT: NEW}), later())
    with pytest.raises(NotDone):
        write(lead, draft, {TEXT: "x"})
    assert back(lead, draft).state == "draft"


def test_two_sweeps_publish_once(at_once, make_user):
    lead = make_user("lead")
    schedule(lead, write(lead, begin(lead, "x"), {TEXT: NEW}), later())
    Draft.objects.update(effective_at=timezone.now())
    before = Policy.objects.count()
    assert sorted(map(str, at_once(publish_due, publish_due))) == ["0", "1"]
    assert Policy.objects.count() == before + 1


class TestMarkets:
    def test_a_reason_weighs_otherwise_in_a_market(self, lead):
        usual = feedback_for(["rude", "face"], "da", "DK")
        place = Place("market", "rude", "DK", "severity")
        schedule(lead, write(lead, begin(lead, "x"), {place: 99}), timezone.now())
        assert feedback_for(["rude", "face"], "da", "DK") != usual
        assert feedback_for(["rude", "face"], "da", "NO") == usual

    def test_a_reason_that_is_not_offered_there_cannot_be_chosen(self, moderator, calling_app):
        MarketRule.objects.create(reason_id="advert", market="DK", offered=False)
        waiting(calling_app, market="DK")
        with pytest.raises(BadReason):
            decide(moderator, claim_next(moderator), "reject", ["advert"])
        assert "advert" in Reason.objects.offered("SE").values_list("code", flat=True)


class TestPages:
    def test_the_desk_has_the_policy_one_key_away(self, logged_in, moderator, calling_app):
        waiting(calling_app, found=[("title", "profanity", "flag", "rude", [])])
        client = logged_in(moderator)
        desk = client.get(reverse("desk")).content.decode()
        address = reverse("policy-reason", args=["rude"]) + "?market=DK"
        assert f'data-key="p" data-policy target="_blank" rel="noopener" href="{address}"' in desk
        piece = client.get(f"{address}&piece=1").content.decode()
        assert "<html" not in piece
        assert "A mild cry is no insult." in piece
        assert "a strike of 1 point" in piece

    def test_a_draft_by_its_pages(self, logged_in, lead, moderator):
        client = logged_in(lead)
        client.post(reverse("policy-begin"), {"title": "kinder words"})
        draft = Draft.objects.get()
        page = reverse("policy-change", args=[draft.id, "rude"])
        shown = client.get(page, {"language": "da", "market": "DK"})
        sent = {name: value for name, value in shown.context["form"].initial.items() if value not in (None, False)}
        client.post(page, sent | {"language": "da", "market": "DK", "text_text": NEW, "market_severity": "80"})
        draft.refresh_from_db()
        assert {(c.place.kind, c.place.in_, c.new) for c in draft.all_changes} == {
            ("text", "da", NEW),
            ("market", "DK", 80),
        }
        seen = client.get(reverse("policy-draft", args=[draft.id])).content.decode()
        assert "<ins>" in seen
        assert "Had it been in force" in seen
        client.post(reverse("policy-act", args=[draft.id]), {"do": "schedule", "at": "2020-01-01T00:00"})
        draft.refresh_from_db()
        assert draft.state == "published"
        assert "<del>" in client.get(reverse("policy", args=[draft.policy_id])).content.decode()
        assert client.get(reverse("policies")).status_code == 200
        assert logged_in(moderator).get(page).status_code == 403
        assert logged_in(moderator).get(reverse("policies")).status_code == 200


def test_examples_have_pictures_that_are_there_and_one_of_each_kind():
    from django.conf import settings

    for reason in Reason.objects.all():
        assert set(reason.examples.values_list("verdict", flat=True)) == {"good", "bad", "border"}, reason.code
    for name in Example.objects.exclude(picture="").values_list("picture", flat=True):
        assert (settings.BASE_DIR / "static" / "img" / "examples" / name).is_file()
