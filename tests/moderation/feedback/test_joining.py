from hypothesis import given
from hypothesis import strategies as st

from moderation.feedback.joining import join

words = st.lists(st.sampled_from(["ab", "cd", "ef", "gh"]), min_size=1, max_size=4).map(" ".join)
sentence = st.builds(str.__add__, words, st.sampled_from(".!?"))
text = st.lists(sentence, min_size=1, max_size=4).map(" ".join)


def test_a_common_end_is_kept_at_the_end_alone():
    assert join("A face. New picture. Send it!", "A word. Say it kindly. Send it!", "And more.") == (
        "A face. New picture. And more. A word. Say it kindly. Send it!"
    )


def test_a_common_beginning_is_kept_at_the_beginning_alone():
    assert join("Thank you! A face.", "Thank you! A word.", "And more.") == "Thank you! A face. And more. A word."


def test_the_same_text_twice_is_said_once():
    assert join("A face. Send it!", "A face. Send it!", "And more.") == "A face. Send it!"


def test_no_space_where_a_language_has_none():
    assert join("脸。再发！", "词。再发！", "还有。", "") == "脸。还有。词。再发！"


def test_nothing_is_lost_when_a_text_is_one_sentence():
    assert join("Send it!", "A word. Send it!", "And.") == "Send it! And. A word. Send it!"
    assert join("A word.", "A word. Send it!", "And.") == "A word. And. Send it!"


@given(text, text, st.sampled_from(["And more.", ""]))
def test_every_sentence_is_said_and_the_second_text_ends_it(first, second, between):
    joined = join(first, second, between)
    for part in (first, second):
        for each in part.replace("!", ".").replace("?", ".").split("."):
            assert each.strip() in joined
    assert joined[-1] == second[-1] or first == second
    assert "  " not in joined


@given(text)
def test_nothing_and_a_text_is_the_text(only):
    assert join("", only, "And more.") == only
    assert join(only, "", "And more.") == only
    assert join(only, only, "And more.") == only
