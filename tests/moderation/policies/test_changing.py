"""Changes of a content, and how they read. Pure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.policies.changing import Change, Place, apply, between, merge, overtaken, words_changed

CONTENT = {
    "reasons": {"rude": {"title": "Rude", "explains": "x", "severity": 50, "alone": False, "retired": False}},
    "texts": {"rude": {"da": ["Titel", "Tekst."]}},
    "markets": {},
}
SEVERITY = Place("reason", "rude", "", "severity")
places = st.sampled_from(
    [
        SEVERITY,
        Place("text", "rude", "da", "text"),
        Place("text", "rude", "sv", "title"),
        Place("market", "rude", "DK", "severity"),
    ]
)


@given(st.text("ab c\n", max_size=40), st.text("ab c\n", max_size=40))
def test_without_the_new_words_it_is_the_old_text_and_the_other_way_round(old, new):
    pieces = words_changed(old, new)
    assert "".join(words for what, words in pieces if what != "new") == old
    assert "".join(words for what, words in pieces if what != "gone") == new


@given(st.lists(st.tuples(places, st.integers(0, 3)), max_size=6))
def test_merged_changes_lead_where_one_after_another_leads(said):
    changes, content = [], CONTENT
    for place, new in said:
        changes = merge(changes, [Change(place, between_value(CONTENT, place), new)])
        content = apply(content, [Change(place, None, new)])
    merged = apply(CONTENT, changes)
    assert not [c for c in between(merged, content) if c.old or c.new]
    assert CONTENT["reasons"]["rude"]["severity"] == 50


def between_value(content, place):
    from moderation.policies.changing import value

    return value(content, place)


def test_back_where_it_was_is_no_change():
    change = Change(SEVERITY, 50, 60)
    assert merge([change], [Change(SEVERITY, 60, 50)]) == []


def test_what_somebody_else_changed_is_seen():
    change = Change(SEVERITY, 50, 60)
    assert overtaken(CONTENT, [change]) == []
    assert overtaken(apply(CONTENT, [Change(SEVERITY, 50, 55)]), [change]) == [change]


def test_there_is_no_such_place():
    with pytest.raises(KeyError):
        apply(CONTENT, [Change(Place("reason", "rude", "", "code"), "rude", "x")])
