"""The weekly search: done once, whatever runs twice; a card is known again; nothing is named without a person."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from engagement.creations.actions import withdraw
from engagement.creations.models import Creation
from engagement.novelty import actions, searching
from engagement.novelty.looking import look
from engagement.novelty.models import Card, CardState, Look, Member, Round
from engagement.themes.models import TaxonomyVersion, Theme
from tests.engagement.novelty.conftest import NOW, UNNAMED

pytestmark = pytest.mark.django_db


def next_week(eyes, now):
    while look(eyes, now):
        pass
    return searching.search(searching.week_to_search(now), eyes.kinds, now)


def test_what_no_theme_explains_comes_as_one_card(searched):
    [card] = Card.objects.open()
    assert {row.title.split()[0] for row in card.shown(30)} <= {"Glowfish", "Reef", "Coral"}
    assert card.size == 36
    assert card.words[0][0] == "glowfish"
    assert card.growth["counts"] == [0, 4, 4, 28]
    assert card.growth["low"] > 1
    assert card.stability > 0.8
    assert [row.place for row in card.members.all()] == list(range(36))


def test_no_theme_is_made_without_a_person(searched, eyes):
    themes, versions = Theme.objects.count(), TaxonomyVersion.objects.count()
    next_week(eyes, NOW + timedelta(weeks=1))
    assert (Theme.objects.count(), TaxonomyVersion.objects.count()) == (themes, versions)
    [card] = Card.objects.all()
    with pytest.raises(actions.CannotDo, match="Only a person"):
        actions.name_card(None, card, "Glowfish", [row.id for row in card.shown(30)])
    with pytest.raises(IntegrityError), transaction.atomic():
        Card.objects.filter(id=card.id).update(state=CardState.NAMED)
    assert Theme.objects.count() == themes


def test_a_round_is_done_once_and_by_one(weeks, eyes):
    while look(eyes, NOW):
        pass
    week = searching.week_to_search(NOW)
    Round.objects.create(week=week, leased_until=NOW + timedelta(minutes=5))
    assert searching.search(week, eyes.kinds, NOW) is None
    later = NOW + timedelta(minutes=6)  # whoever had it was killed
    assert searching.search(week, eyes.kinds, later)
    members = list(Member.objects.values_list("id", flat=True))
    assert searching.search(week, eyes.kinds, later).state == "done"
    assert list(Member.objects.values_list("id", flat=True)) == members


def test_a_search_that_failed_keeps_nothing_and_is_done_again(weeks, eyes, monkeypatch):
    while look(eyes, NOW):
        pass
    week = searching.week_to_search(NOW)
    with monkeypatch.context() as patch:
        patch.setattr(searching, "_growth", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            searching.search(week, eyes.kinds, NOW)
    assert not Card.objects.exists()
    assert searching.search(week, eyes.kinds, NOW).state == "done"
    assert Card.objects.count() == 1


def test_looks_are_taken_once_in_parts_and_go_with_their_creation(weeks, eyes):
    assert look(eyes, NOW, most=50) == 50
    assert look(eyes, NOW, most=500) == 76
    assert look(eyes, NOW) == 0
    assert Look.objects.count() == 126
    withdraw(Creation.objects.first())
    assert Look.objects.count() == 125


def test_what_has_no_words_is_looked_at_once_and_left_where_no_head_can_see_it(published, eyes):
    published("", 5)
    assert look(eyes, NOW) == 5
    assert look(eyes, NOW) == 0
    assert set(Look.objects.values_list("view", "encoder")) == {("image", "")}
    assert next_week(eyes, NOW).looked == 0


def test_a_card_that_comes_again_is_the_same_card(searched, published, eyes):
    [card] = Card.objects.all()
    published(UNNAMED[0], 20, week=-1, author="b")
    next_week(eyes, NOW + timedelta(weeks=1))
    [again] = Card.objects.open()
    assert again.id == card.id
    assert again.size == 56
    assert again.first_week == card.first_week < again.last_week


def test_a_card_that_was_waved_off_does_not_come_again(searched, published, eyes, moderator):
    actions.wave_off(moderator, Card.objects.get())
    published(UNNAMED[1], 20, week=-1, author="b")
    next_week(eyes, NOW + timedelta(weeks=1))
    assert not Card.objects.open().exists()
    assert Card.objects.get().state == CardState.WAVED


def test_who_was_withdrawn_is_no_member_and_a_card_of_nobody_is_not_shown(searched):
    [card] = Card.objects.open()
    first = card.shown(1)[0]
    withdraw(first)
    assert card.shown(1)[0].id != first.id
    for creation in card.shown(100):
        withdraw(creation)
    assert not Card.objects.open().exists()


def test_nothing_comes_of_known_themes_alone(published, eyes):
    for slug in ("city", "castle"):
        published(f"A {slug} house {{}}", 40, slug)
    done = next_week(eyes, NOW)
    assert (done.looked, done.strange) == (80, 0)
    assert not Card.objects.exists()


@pytest.mark.parametrize(("hours", "week"), [(0, "2026-05-25"), (-18, "2026-05-18"), (24 * 6, "2026-05-25")])
def test_a_week_is_searched_when_its_creations_had_their_morning(hours, week):
    assert searching.week_to_search(NOW + timedelta(hours=hours)).isoformat() == week


def test_a_week_without_creations_is_a_round_too(db, eyes):
    assert next_week(eyes, NOW).state == "done"


def test_vectors_of_an_older_encoder_are_carried_over_or_left_out(searched, weeks, eyes, monkeypatch):
    eyes.kinds = [replace(eyes.kinds[0], encoder="drawn-2")]
    later = NOW + timedelta(weeks=1)
    assert next_week(eyes, later).looked == 0
    Round.objects.all().delete()

    class Same:
        def carry(self, x):
            return x

    monkeypatch.setattr(searching, "load", lambda old, new: Same())
    assert next_week(eyes, later).looked == 126
