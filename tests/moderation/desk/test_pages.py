"""The desk's pages over HTTP: who may, what is shown, and a shift without scripts."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from moderation.desk.actions import claim_next, decide, escalate
from moderation.desk.models import Claim, Decision, Skip
from moderation.intake.actions import erase
from moderation.intake.models import State, Submission

pytestmark = pytest.mark.django_db

JSON = {"HTTP_ACCEPT": "application/json"}


def form_of(html: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that leads to `action`, as a browser would send them."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', html, re.S)
    assert form, f"no form leads to {action}"
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[1]))
    fields.pop("csrfmiddlewaretoken")
    return fields


PAGES = [
    "desk",
    "desk-queue",
    "desk-submission",
    "desk-next",
    "desk-renew",
    "desk-release",
    "desk-decide",
    "desk-skip",
    "desk-undo",
    "desk-later",
    "desk-pass",
    "desk-preview",
    "desk-reverse",
    "desk-own-keys",
]
MAY = {"moderator": PAGES, "lead": PAGES, "admin": PAGES, "ml_engineer": [], "": []}
GETS = {"desk", "desk-queue", "desk-submission", "desk-preview", "desk-own-keys"}
OF_ONE = {
    "desk-submission",
    "desk-decide",
    "desk-skip",
    "desk-undo",
    "desk-later",
    "desk-pass",
    "desk-preview",
    "desk-reverse",
}


@pytest.mark.parametrize("role", MAY)
@pytest.mark.parametrize("page", PAGES)
def test_who_may_open_what(page, role, waiting, make_user, logged_in):
    one = waiting()
    args = [one.id] if page in OF_ONE else []
    person = logged_in(make_user(role))
    answer = getattr(person, "get" if page in GETS else "post")(reverse(page, args=args))
    assert (answer.status_code == 403) == (page not in MAY[role])
    assert answer.status_code < 500


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_the_login(page, waiting, client):
    one = waiting()
    args = [one.id] if page in OF_ONE else []
    answer = getattr(client, "get" if page in GETS else "post")(reverse(page, args=args))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("login"))
    assert not Claim.objects.exists()


@pytest.mark.parametrize("page", sorted(set(PAGES) - GETS - OF_ONE))
def test_nothing_changes_by_following_a_link(page, moderator, logged_in):
    assert logged_in(moderator).get(reverse(page)).status_code == 405


def test_forms_from_elsewhere_are_refused(waiting, moderator):
    from django.test import Client

    one = waiting()
    claim_next(moderator)
    client = Client(enforce_csrf_checks=True)
    client.force_login(moderator, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(reverse("desk-decide", args=[one.id]), {"approve": "1"}).status_code == 403
    assert Submission.objects.get(id=one.id).state == State.QUEUED


# -- without scripts ---------------------------------------------------------------------------------------------
def test_a_shift_without_scripts(waiting, moderator, logged_in):
    first, second, third = waiting(1, title="Erste"), waiting(2, title="Zweite"), waiting(3, title="Dritte")
    person = logged_in(moderator)
    html = person.get("/desk/").content.decode()
    assert "Erste" in html

    # approve: the next comes, and undo is offered
    action = reverse("desk-decide", args=[first.id])
    answer = person.post(action, form_of(html, action) | {"approve": "1"}, follow=True)
    html = answer.content.decode()
    assert answer.redirect_chain == [("/desk/", 302)]
    assert "Zweite" in html
    assert Submission.objects.get(id=first.id).state == State.APPROVED

    # undo: the first is back
    undo = reverse("desk-undo", args=[Decision.objects.get().id])
    html = person.post(undo, form_of(html, undo), follow=True).content.decode()
    assert "Erste" in html

    # reject for a reason
    html = person.post(action, form_of(html, action) | {"reason": "bad_picture"}, follow=True).content.decode()
    assert Submission.objects.get(id=first.id).reasons[0]["code"] == "bad_picture"

    # skip
    html = person.post(reverse("desk-skip", args=[second.id]), follow=True).content.decode()
    assert "Dritte" in html
    assert Skip.objects.get().submission == second

    # several reasons and a note; then nothing is left
    action = reverse("desk-decide", args=[third.id])
    sent = form_of(html, action) | {"reason": ["rude", "face"], "note": "Seen before."}
    html = person.post(action, sent, follow=True).content.decode()
    assert Decision.objects.get(submission=third).note == "Seen before."
    assert "Nothing waits for you" in html


def test_a_double_click_decides_once(waiting, moderator, logged_in):
    one = waiting()
    person = logged_in(moderator)
    action = reverse("desk-decide", args=[one.id])
    sent = form_of(person.get("/desk/").content.decode(), action) | {"approve": "1"}
    person.post(action, sent)
    answer = person.post(action, sent, follow=True)
    assert Decision.objects.count() == 1
    assert not list(answer.context["messages"])


def test_what_went_wrong_is_said_on_the_next_page(waiting, moderator, second_moderator, logged_in):
    one = waiting()
    claim_next(second_moderator)
    answer = logged_in(moderator).post(reverse("desk-decide", args=[one.id]), {"approve": "1"}, follow=True)
    assert "no longer hold" in answer.content.decode()


def test_a_lease_that_ran_out_is_no_loss_when_nobody_else_came(waiting, moderator, logged_in):
    one = waiting()
    claim_next(moderator)
    Claim.objects.update(leased_until=timezone.now() - timedelta(minutes=5))
    logged_in(moderator).post(reverse("desk-decide", args=[one.id]), {"approve": "1"})
    assert Submission.objects.get(id=one.id).state == State.APPROVED


@pytest.mark.parametrize(
    "sent", [{}, {"approve": "1", "reason": "rude"}, {"reason": "no_such"}, {"approve": "1", "decision": "x"}]
)
def test_what_makes_no_sense_changes_nothing(waiting, moderator, logged_in, sent):
    one = waiting()
    claim_next(moderator)
    answer = logged_in(moderator).post(reverse("desk-decide", args=[one.id]), sent, **JSON)
    assert answer.status_code in {400, 409}
    assert answer.json()["detail"]
    assert Submission.objects.get(id=one.id).state == State.QUEUED


# -- with them ---------------------------------------------------------------------------------------------------
def test_a_decision_by_script(waiting, moderator, logged_in):
    one, two = waiting(1), waiting(2, title="Zwei")
    person = logged_in(moderator)
    person.get("/desk/")
    ahead = person.post(reverse("desk-next"), {"id": [str(one.id)]}, **JSON).json()
    assert "Zwei" in ahead["html"]
    id = str(uuid4())
    sent = {"approve": "1", "decision": id, "shown_at": (timezone.now() - timedelta(seconds=1)).isoformat()}
    for _ in range(2):  # the answer was lost, and it is sent again
        answer = person.post(reverse("desk-decide", args=[one.id]), sent, **JSON).json()
        assert answer["decision"] == id
        assert "undo" in answer["undo"]
    decision = Decision.objects.get()
    assert str(decision.id) == id
    assert decision.shown_at is not None
    back = person.post(reverse("desk-undo", args=[id]), **JSON).json()
    assert str(one.id) in back["html"]
    held = person.post(reverse("desk-renew"), {"id": [str(one.id), str(two.id), str(uuid4())]}, **JSON).json()["held"]
    assert sorted(held) == sorted([str(one.id), str(two.id)])


def test_nothing_more_to_fetch(moderator, logged_in):
    assert logged_in(moderator).post(reverse("desk-next"), **JSON).json()["html"] is None


def test_leaving_gives_back(waiting, moderator, logged_in):
    one = waiting()
    person = logged_in(moderator)
    person.get("/desk/")
    until = Claim.objects.get().leased_until
    old = {"id": str(one.id), "until": (until - timedelta(seconds=1)).isoformat()}
    assert person.post(reverse("desk-release"), old).status_code == 204
    assert Claim.objects.exists()
    person.post(reverse("desk-release"), old | {"until": until.isoformat()})
    assert not Claim.objects.exists()


def test_somebody_elses_decision_cannot_be_undone(waiting, moderator, second_moderator, logged_in):
    waiting()
    decision = decide(moderator, claim_next(moderator), "approve")
    answer = logged_in(second_moderator).post(reverse("desk-undo", args=[decision.id]), **JSON)
    assert answer.status_code == 404
    assert Decision.objects.get().undone_at is None


# -- what is shown -----------------------------------------------------------------------------------------------
def test_what_a_child_writes_is_text_and_nothing_else(waiting, moderator, logged_in):
    waiting(title="<script>alert(1)</script>", text='"><img src=x onerror=alert(1)>', language='"><i>')
    html = logged_in(moderator).get("/desk/").content.decode()
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert '"><i>' not in html


def test_spans_are_marked_and_boxes_drawn(waiting, moderator, logged_in):
    box = {"x": 0.5, "y": 0.25, "w": 0.25, "h": 0.5, "label": "face", "score": 0.7}
    waiting(
        title="you are dumb",
        pictures=1,
        found=[
            ("title", "profanity", "flag", "rude", [{"start": 8, "end": 12, "label": "insult"}]),
            ("image:0", "face", "flag", "face", [box]),
        ],
    )
    html = logged_in(moderator).get("/desk/").content.decode()
    assert '<mark title="insult">dumb</mark>' in html
    assert '<rect class="flag" x="500.0" y="187.5" width="250.0" height="375.0"' in html


def test_the_child_reads_the_real_text_in_its_language(waiting, moderator, logged_in):
    from moderation.feedback.texts import feedback_for

    waiting(language="da", found=[("title", "profanity", "flag", "rude", [])])
    html = logged_in(moderator).get("/desk/").content.decode()
    shown = re.search(r'data-told="rude"(.*?)</div>', html, re.S)
    assert "hidden" not in shown[1].split(">")[0]
    assert feedback_for(["rude"], "da", "DK") in shown[1]


def test_the_due_time_is_the_markets(waiting, moderator, logged_in):
    waiting(market="JP", review_due_at=timezone.now().replace(hour=3, minute=7))
    assert "due 12:07 in Tokyo" in logged_in(moderator).get("/desk/").content.decode()


def test_a_withdrawn_submission_is_nowhere(waiting, moderator, logged_in):
    one = waiting(pictures=1)
    person = logged_in(moderator)
    part = one.parts.get(kind="image")
    assert person.get(reverse("part-file", args=[part.id, "preview"])).status_code == 200
    erase(one)
    assert person.get(reverse("part-file", args=[part.id, "preview"])).status_code == 404
    assert person.get(reverse("desk-submission", args=[one.id])).status_code == 404


def test_the_queries_of_the_desk_do_not_grow(waiting, moderator, logged_in, django_assert_max_num_queries):
    person = logged_in(moderator)
    for n in range(20):
        waiting(n, pictures=12 if n == 0 else 1, text="Hej", found=[("title", "profanity", "flag", "rude", [])])
    for n in range(40):
        waiting(-60 * n, state=State.APPROVED, decided_by="moderator")
    with django_assert_max_num_queries(48):
        person.get("/desk/")
    with django_assert_max_num_queries(48):
        person.post(reverse("desk-next"), {"id": [str(Claim.objects.get().submission_id)]}, **JSON)


def test_answers_are_not_kept_by_a_browser(waiting, moderator, logged_in):
    assert "no-store" in logged_in(moderator).get("/desk/")["Cache-Control"]


def test_json_is_json(waiting, moderator, logged_in):
    waiting()
    answer = logged_in(moderator).post(reverse("desk-next"), **JSON)
    assert json.loads(answer.content)["counts"]


def test_what_was_passed_up_is_hidden_by_its_raw_address_too(waiting, moderator, lead, logged_in):
    waiting(pictures=1)
    one = claim_next(moderator)
    picture = reverse("part-file", args=[one.parts.get(kind="image").id, "full"])
    assert logged_in(moderator).get(picture).status_code == 200
    escalate(moderator, one, "leads")
    assert logged_in(moderator).get(picture).status_code == 404
    assert logged_in(lead).get(picture).status_code == 200
