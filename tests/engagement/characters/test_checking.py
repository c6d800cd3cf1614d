"""What a comment may not say is refused in every language, whoever wrote it; what is kind passes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engagement.characters.checking import SAYS, UNKIND, check, personal
from engagement.characters.phrases import languages
from engagement.characters.tone.examples import own_lines
from engagement.characters.tone.judge import _head, are_kind, is_kind, sentences
from tests.engagement.characters.forbidden import FORBIDDEN, MORE
from tests.moderation.detectors.pii.sentences import NAMED, PERSONAL

pytestmark = pytest.mark.models


@pytest.mark.parametrize("language", languages())
def test_it_asks_promises_and_sells_nothing(language):
    for table in (FORBIDDEN, MORE):
        for kind, text in zip(("asks", "promises", "sells"), table[language], strict=True):
            assert SAYS[kind] in check(text, language)


@pytest.mark.parametrize(("language", "text"), [row[:2] for row in (*PERSONAL, *NAMED)])
def test_it_tells_nothing_personal(language, text):
    assert any(problem.startswith("It tells something personal: ") for problem in check(text, language))


def test_it_says_which():
    assert personal("Write to emma at gmail dot com, great work!", "en") == [
        "It tells something personal: e-mail address."
    ]
    assert personal("What a wonderful castle, Emma!", "en") == []


@pytest.mark.parametrize("language", languages())
def test_no_link_in_any_language(language):
    assert "It has a link." in check("www.bricks.com!", language)
    assert check("bricks dot com!", language) != []


@pytest.mark.parametrize("language", languages())
def test_kind_lines_sound_kind_and_the_others_mostly_do_not(language):
    """The head was fitted to these lines; what it says of languages it never read stands on its sheet."""
    kind = [line.text for line in own_lines() if line.language == language and line.kind]
    others = [line.text for line in own_lines() if line.language == language and not line.kind]
    assert all(is_kind(text) for text in kind)
    assert sum(not is_kind(text) for text in others) >= 0.8 * len(others)


def test_one_cold_sentence_spoils_a_kind_text():
    assert is_kind("What a lovely castle! You did a great job.")
    assert not is_kind("What a lovely castle! You are so stupid, nobody likes you. You did a great job.")
    assert UNKIND in check("Take it apart and build it properly.", "en")


def test_the_sheet_tells_of_languages_that_were_held_out():
    metrics = _head().sheet.metrics
    assert metrics["auc"] > 0.98
    assert metrics["auc_own"] > 0.95
    assert metrics["kind_passed"] > 0.95


def test_a_text_falls_into_its_sentences():
    assert sentences("Wow! Look at this. 好。很好！ ...") == ["Wow!", "Look at this.", "好。", "很好！"]
    assert sentences(" ... ") == []
    assert not is_kind("")


@given(st.lists(st.floats(0, 1), max_size=6), st.floats(0.1, 0.9))
@settings(max_examples=50)
def test_kindness_of_a_text_lies_within_that_of_its_sentences(scores, least):
    kind = are_kind(scores, least)
    assert not (kind and max(scores) < least)
    assert kind or not scores or min(scores) < least
