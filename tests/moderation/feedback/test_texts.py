"""What comes out of the one door to the texts."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moderation.feedback import shipped, texts
from moderation.feedback.actions import new_policy
from moderation.feedback.models import FeedbackText, HelpLine, Policy, Reason
from moderation.feedback.texts import current_policy, feedback_for, reasons_for

pytestmark = pytest.mark.django_db


def told(subject: str, language: str) -> str:
    return shipped.texts()[subject, language].text


@pytest.mark.parametrize("language", shipped.languages())
def test_one_reason_is_told_in_the_childs_language(language):
    for why in shipped.reasons():
        title = shipped.texts()[why.code, language].title
        assert feedback_for([why.code], language) == told(why.code, language)
        assert reasons_for([why.code], language) == [{"code": why.code, "title": title}]


@pytest.mark.parametrize(
    ("language", "market", "read"),
    [("zh-Hant-TW", "TW", "zh-Hant"), ("nn", "NO", "nb"), ("no", "", "nb"), ("pt", "BR", "pt-BR"), ("pt-AO", "", "pt"),
     ("ga", "IE", "en"), ("fo", "DK", "da"), ("tlh", "FR", "fr"), ("??", "JP", "ja"), ("", "", "en"), ("tlh", "", "en"),
     ("eu", "ES", "es"), ("de-CH", "CH", "de"), ("DA", "dk", "da")],
)  # fmt: skip
def test_the_way_from_a_tag_to_a_language(language, market, read):
    assert feedback_for(["face"], language, market) == told("face", read)


def test_an_approval_is_a_happy_line():
    assert feedback_for([], "da") == told("approved", "da")


def test_the_most_serious_comes_first_whatever_was_named_first():
    message = feedback_for(["bad_picture", "face"], "en")
    assert message == feedback_for(["face", "bad_picture"], "en")
    assert message.index("real face") < message.index("hard to see")
    assert told("between", "en") in message


def test_at_most_two_things_are_told_and_no_end_is_told_twice():
    message = feedback_for(["other", "advert", "rude", "face", "personal_data"], "en")
    assert "full name" in message
    assert "real face" in message
    assert "could make someone sad" not in message
    assert message.count("Then send it again!") == 1
    assert message.endswith("Then send it again!")


def test_chinese_sentences_follow_each_other_without_a_space():
    message = feedback_for(["face", "rude"], "zh")
    assert " " not in message
    assert told("between", "zh") in message


def test_a_child_in_need_reads_nothing_else():
    assert feedback_for(["rude", "self_harm", "bad_picture"], "de") == told("self_harm", "de")


def test_the_same_code_twice_is_one_reason():
    assert feedback_for(["face", "face"], "en") == told("face", "en")
    assert len(reasons_for(["face", "face"], "en")) == 1


def test_unknown_codes_are_passed_over_and_alone_give_the_general_text():
    assert feedback_for(["nobody_knows"], "fi") == told("general", "fi")
    assert feedback_for(["nobody_knows", "face"], "fi") == told("face", "fi")
    assert reasons_for(["nobody_knows"], "fi") == [{"code": "nobody_knows", "title": "Jotain muuta"}]


def test_a_reason_of_ones_own_without_a_text_is_told_in_general_in_the_right_language():
    Reason.objects.create(code="too_big", title="Too big", explains="…", severity=45)
    FeedbackText.objects.create(reason_id="too_big", language="en", title="Very big", text="It is very big.")
    new_policy("Too big.")
    assert feedback_for(["too_big"], "en") == "It is very big."
    assert feedback_for(["too_big"], "da") == told("general", "da"), "Danish in general before English exactly"
    assert reasons_for(["too_big"], "da") == [{"code": "too_big", "title": "Very big"}]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(
    st.lists(st.one_of(st.sampled_from([why.code for why in shipped.reasons()]), st.text(max_size=12)), max_size=5),
    st.one_of(st.sampled_from(shipped.languages()), st.text(max_size=20)),
    st.text(max_size=3),
)
def test_it_never_raises_is_never_empty_and_never_says_what_was_put_in(codes, language, market):
    message = feedback_for(codes, language, market)
    assert message.strip()
    assert len(message) <= 520
    known = {text.text for text in shipped.texts().values()}
    starts = {text[:12] for text in known}
    assert message[:12] in starts
    titles = reasons_for(codes, language, market)
    assert [each["code"] for each in titles] == list(dict.fromkeys(codes))
    assert all(each["title"] for each in titles)


# -- cost and freshness ------------------------------------------------------------------------------------------
def test_a_decision_costs_five_small_queries_once_and_then_none(django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(texts, "FRESH", 60.0)  # a slow machine may take longer than a second for what follows

    def decide():
        return current_policy(), reasons_for(["face", "rude"], "da"), feedback_for(["face", "rude"], "da", "DK")

    with django_assert_num_queries(5):  # policy, reasons, texts, markets, help lines
        first = decide()
    with django_assert_num_queries(0):
        assert decide() == first


def test_after_a_while_only_the_policys_number_is_asked_for(django_assert_num_queries, monkeypatch):
    feedback_for(["face"], "da")
    monkeypatch.setattr(texts, "FRESH", 0.0)
    with django_assert_num_queries(1):
        feedback_for(["face"], "da")


def test_a_new_policy_is_in_force_at_once():
    assert current_policy() == 1
    FeedbackText.objects.filter(reason_id="face", language="da").update(text="Noget nyt.")
    assert feedback_for(["face"], "da") == told("face", "da"), "until it is a policy, it is a draft"
    new_policy("Nyt.")
    assert current_policy() == 2
    assert feedback_for(["face"], "da") == "Noget nyt."


def test_another_process_notices_the_new_policy_within_the_time(monkeypatch):
    feedback_for(["face"], "da")
    FeedbackText.objects.filter(reason_id="face", language="da").update(text="Noget nyt.")
    Policy.objects.create(version=2, since=timezone.now(), summary="Written elsewhere.")
    monkeypatch.setattr(texts, "FRESH", 0.0)
    assert feedback_for(["face"], "da") == "Noget nyt."


def test_a_policy_written_again_after_a_rollback_is_not_mistaken_for_the_first(monkeypatch):
    monkeypatch.setattr(texts, "FRESH", 0.0)
    Policy.objects.create(version=2, since=timezone.now(), summary="Rolled back below.")
    assert current_policy() == 2
    Policy.objects.filter(version=2).delete()
    FeedbackText.objects.filter(reason_id="face", language="da").update(text="Noget nyt.")
    Policy.objects.create(version=2, since=timezone.now() + timedelta(seconds=1), summary="Again.")
    assert feedback_for(["face"], "da") == "Noget nyt."


def test_an_emptied_database_still_speaks():
    FeedbackText.objects.all().delete()
    Reason.objects.all().delete()
    Policy.objects.all().delete()
    assert feedback_for(["face"], "da") == told("face", "da")
    assert feedback_for(["face", "self_harm"], "nn") == told("self_harm", "nb")
    assert current_policy() == 1


def test_a_help_line_is_told_in_its_market_once_it_was_checked():
    before = feedback_for(["self_harm"], "da", "DK")
    assert before == told("self_harm", "da")
    HelpLine.objects.filter(market="DK").update(checked_on="2026-01-05", checked_by="A lead")
    new_policy("Checked a help line.")
    line = HelpLine.objects.get(market="DK")
    assert feedback_for(["rude", "self_harm"], "da", "DK") == f"{before}\n{line.name}: {line.contact}"
    assert feedback_for(["self_harm"], "sv", "SE") == told("self_harm", "sv")
    assert line.contact not in feedback_for(["rude"], "da", "DK")


def test_no_help_line_comes_checked():
    assert HelpLine.objects.count() == len(shipped.help_lines())
    assert not HelpLine.objects.exclude(checked_on=None).exists()
