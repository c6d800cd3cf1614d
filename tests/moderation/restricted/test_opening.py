"""Two named people, each with their password, for a while; every look is noted. Nobody else, whoever they are."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from brickmod.access.models import AuditEvent, Role, User, Verb
from moderation.restricted.models import Case, Opening
from moderation.restricted.opening import OPEN_FOR, TO_AGREE
from tests.conftest import PASSWORD
from tests.moderation.restricted.conftest import SECRET
from tests.submissions import picture

pytestmark = pytest.mark.django_db


def at(name: str, case: Case, *more: object) -> str:
    return reverse(f"restricted-{name}", args=[case.id, *more])


@pytest.fixture
def kim(custodian, logged_in):
    return logged_in(custodian)


@pytest.fixture
def kai(second_custodian, logged_in):
    return logged_in(second_custodian)


def open_it(case, kim, kai) -> None:
    kim.post(at("ask", case), {"password": PASSWORD, "why": "the police asked"})
    kai.post(at("agree", case), {"password": PASSWORD})


def looks() -> list:
    rows = AuditEvent.objects.filter(verb=Verb.LOOK).order_by("id")
    return [(row.user.username, row.new["what"]) for row in rows]


def test_two_open_it_and_every_look_is_noted(kept, kim, kai):
    assert kim.get(at("content", kept)).status_code == 403
    open_it(kept, kim, kai)
    html = kim.get(at("content", kept)).content.decode()
    assert SECRET in html
    answer = kai.get(at("file", kept, 0))
    assert b"".join(answer.streaming_content) == picture()
    assert "no-store" in answer["Cache-Control"]
    assert (answer["Content-Type"], int(answer["Content-Length"])) == ("image/jpeg", len(picture()))
    assert kim.get(at("file", kept, 7)).status_code == 404
    assert looks() == [("kim", "record"), ("kai", "image:0")]
    told = AuditEvent.objects.filter(verb__in=[Verb.OPEN_ASK, Verb.OPEN_AGREE]).order_by("id")
    assert [(row.user.username, row.verb) for row in told] == [("kim", "open_ask"), ("kai", "open_agree")]
    assert "kai" in kim.get(reverse("restricted-case", args=[kept.id])).content.decode()


def test_one_alone_opens_nothing(kept, kim):
    kim.post(at("ask", kept), {"password": PASSWORD, "why": "I want to"})
    kim.post(at("agree", kept), {"password": PASSWORD})
    assert Opening.objects.get().agreed_by is None
    assert kim.get(at("content", kept)).status_code == 403
    assert looks() == []


@pytest.mark.parametrize("wrong", ["", "a brick"])
def test_each_enters_their_own_password(kept, kim, kai, wrong):
    kim.post(at("ask", kept), {"password": wrong, "why": "x"})
    assert not Opening.objects.exists()
    kim.post(at("ask", kept), {"password": PASSWORD, "why": "x"})
    kai.post(at("agree", kept), {"password": wrong})
    assert Opening.objects.get().agreed_by is None
    assert AuditEvent.objects.filter(verb=Verb.LOGIN_FAILED).count() == 2


def test_a_reason_is_asked_for(kept, kim):
    kim.post(at("ask", kept), {"password": PASSWORD, "why": "  "})
    assert not Opening.objects.exists()


def test_who_agrees_too_late_agrees_to_nothing(kept, kim, kai):
    kim.post(at("ask", kept), {"password": PASSWORD, "why": "x"})
    Opening.objects.update(until=timezone.now() - timedelta(seconds=1))
    kai.post(at("agree", kept), {"password": PASSWORD})
    assert kai.get(at("content", kept)).status_code == 403


def test_it_closes_by_itself(kept, kim, kai):
    open_it(kept, kim, kai)
    assert timezone.now() + OPEN_FOR - timedelta(minutes=1) < Opening.objects.get().until <= timezone.now() + OPEN_FOR
    assert TO_AGREE < OPEN_FOR
    Opening.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert kim.get(at("content", kept)).status_code == 403
    assert kai.get(at("file", kept, 0)).status_code == 403


def test_a_third_custodian_is_not_of_the_two(kept, kim, kai, make_user, logged_in):
    open_it(kept, kim, kai)
    third = logged_in(make_user("custodian", "kit"))
    assert third.get(at("content", kept)).status_code == 403
    assert third.get(at("file", kept, 0)).status_code == 403


def test_it_is_open_for_this_case_alone(kept, waiting, moderator, kim, kai):
    from moderation.desk.restricting import restrict
    from moderation.restricted.preserving import preserve

    other = restrict(moderator, waiting(pictures=1))
    preserve(other)
    open_it(kept, kim, kai)
    assert kim.get(at("content", other)).status_code == 403


def test_who_lost_the_role_sees_nothing_at_once(kept, kim, kai, custodian):
    open_it(kept, kim, kai)
    custodian.groups.clear()
    assert kim.get(at("content", kept)).status_code == 403


def test_the_database_wants_two_people(kept, custodian):
    now = timezone.now()
    fields = {"case": kept, "why": "x", "until": now, "asked_by": custodian}
    with pytest.raises(IntegrityError), transaction.atomic():
        Opening.objects.create(**fields, agreed_by=custodian, agreed_at=now)


def test_what_is_not_preserved_is_not_opened(hidden, kim):
    kim.post(at("ask", hidden), {"password": PASSWORD, "why": "x"})
    assert not Opening.objects.exists()


@pytest.mark.parametrize("role", [*(role for role in Role.values if role != "custodian"), "", "superuser"])
def test_nobody_else_sees_that_there_are_cases(kept, role, make_user, logged_in):
    if role == "superuser":
        user = User.objects.create_superuser("root", password=PASSWORD)
    else:
        user = make_user(role, "somebody")
    page = logged_in(user)
    for where in (reverse("restricted"), at("case", kept), at("content", kept), at("file", kept, 0)):
        assert page.get(where).status_code == 403
    for name in ("ask", "agree", "report", "prolong", "again"):
        assert (
            page.post(at(name, kept), {"password": PASSWORD, "why": "x", "receipt": "1", "to": "x"}).status_code == 403
        )
    assert Case.objects.get(id=kept.id).receipt == ""


def test_the_pages_say_what_is_to_be_done(kept, hidden, kim):
    html = kim.get(reverse("restricted")).content.decode()
    assert kept.number in html
    assert "to be reported" in html
    Case.objects.update(due_at=timezone.now() - timedelta(hours=1))
    assert "report overdue" in kim.get(reverse("restricted")).content.decode()
    kim.post(at("report", kept), {"receipt": "B-77", "to": "the hotline"})
    html = kim.get(at("case", kept)).content.decode()
    assert "B-77" in html
    assert "report overdue" not in html
    assert SECRET not in html
