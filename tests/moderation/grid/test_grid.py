"""What fits a grid, what a press does, what it never does, and how it is taken back."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from brickmod.access.models import AuditEvent, Verb
from brickmod.outbox.models import Event
from featurestore.models import Label
from moderation.agreement.models import KnownAnswer, KnownCase
from moderation.desk.actions import claim_next
from moderation.desk.errors import NotYours, TooLate
from moderation.desk.models import Claim, Decision
from moderation.desk.restricting import restrict
from moderation.grid import actions
from moderation.grid.models import Fate, Grid, GridRule, Tile
from moderation.grid.shown import tiles_of
from moderation.intake.models import State, Submission
from tests.moderation.grid.conftest import PASSED, looked

pytestmark = pytest.mark.django_db


def test_only_easy_ones_come_into_a_grid(easy, waiting, moderator, no_known):
    fit = easy(12)
    for wrong in (
        {"found": [("image:0", "face", "flag", "face", [])]},
        {"found": []},
        {"risk": 5},
        {"priority": 1},
        {"pictures": 2},
        {"pictures": 0, "found": [("title", "profanity", "pass", "", [])]},
        {"text": "x" * 300},
    ):
        waiting(minutes_left=0.5, **({"pictures": 1, "found": [PASSED]} | wrong))
    moderator.languages = ["da"]
    waiting(minutes_left=0.5, pictures=1, found=[PASSED], language="fr")
    served = actions.serve(moderator)
    assert [tile.submission for tile in served.grid.tiles.all()] == fit
    assert Claim.objects.filter(moderator=moderator, together=served.grid.id).count() == 12


def test_too_few_are_no_grid_and_nothing_stays_claimed(easy, moderator):
    easy(11)
    served = actions.serve(moderator)
    assert (served.grid, served.fit) == (None, 11)
    assert not Claim.objects.exists()


def test_the_rule_is_data(easy, moderator, calling_app, no_known):
    easy(14)
    GridRule.objects.update(most=13)
    assert actions.serve(moderator).grid.tiles.count() == 13
    actions.close(Grid.objects.get())
    rule = GridRule.objects.get()
    rule.not_apps.add(calling_app)
    assert actions.serve(moderator).fit == 0
    rule.not_apps.clear()
    GridRule.objects.update(not_markets=["DK"])
    assert actions.serve(moderator).fit == 0
    GridRule.objects.update(not_markets=[], on=False)
    assert actions.serve(moderator).grid is None


def test_what_is_in_a_grid_is_not_on_the_desk(easy, moderator, second_moderator, no_known):
    easy(13)
    GridRule.objects.update(most=12)
    grid = actions.serve(moderator).grid
    last = claim_next(moderator)
    assert last.id not in set(grid.tiles.values_list("submission_id", flat=True))
    assert claim_next(second_moderator) is None


def test_a_press_approves_what_was_seen_and_not_marked(easy, moderator, no_known):
    easy(12)
    grid = actions.serve(moderator).grid
    shown = looked(grid)
    tiles = list(grid.tiles.all())
    shown[tiles[0].id] = 1999  # a breath too short
    del shown[tiles[1].id]
    done = actions.press(moderator, grid, uuid4(), [tiles[2].id, tiles[3].id], shown)
    assert (done.approved, done.marked, done.unseen, done.lost) == (8, 2, 2, 0)
    assert Decision.objects.filter(moderator=moderator, outcome="approve").count() == 8
    assert AuditEvent.objects.filter(verb=Verb.DECIDE, user=moderator).count() == 8
    assert Event.objects.filter(type="submission.decided").count() == 8
    held = Claim.objects.filter(moderator=moderator)
    assert set(held.values_list("submission_id", "together")) == {(t.submission_id, None) for t in tiles[2:4]}
    assert claim_next(moderator).id in {t.submission_id for t in tiles[2:4]}
    assert {t.submission.state for t in Tile.objects.filter(fate=Fate.UNSEEN)} == {State.QUEUED}


def test_no_browser_can_say_that_it_looked_longer_than_the_page_was_there(easy, moderator, no_known):
    easy(12)
    grid = actions.serve(moderator).grid
    done = actions.press(moderator, grid, uuid4(), [], {tile.id: 3_600_000 for tile in grid.tiles.all()})
    assert (done.approved, done.unseen) == (0, 12)
    assert not Decision.objects.exists()


def test_loading_the_page_again_begins_looking_anew(easy, moderator, no_known):
    easy(12)
    grid = actions.serve(moderator).grid
    actions.beat(moderator, grid, looked(grid))
    assert set(grid.tiles.values_list("shown_ms", flat=True)) == {10_000}
    again = actions.serve(moderator).grid
    assert again == grid
    assert set(grid.tiles.values_list("shown_ms", flat=True)) == {0}
    assert actions.press(moderator, again, uuid4(), [], {}).approved == 0


def test_the_same_press_again_changes_nothing_and_another_is_refused(easy, moderator, second_moderator, no_known):
    easy(12)
    grid = actions.serve(moderator).grid
    shown, press = looked(grid), uuid4()
    first = actions.press(moderator, grid, press, [], shown)
    again = actions.press(moderator, grid, press, [], shown)
    assert (first.approved, again.approved, Decision.objects.count()) == (12, 12, 12)
    for person, id in ((moderator, uuid4()), (second_moderator, press)):
        with pytest.raises(NotYours):
            actions.press(person, grid, id, [], shown)


def test_a_press_that_was_cut_off_goes_on(easy, moderator, no_known, monkeypatch):
    easy(12)
    grid = actions.serve(moderator).grid
    shown, press = looked(grid), uuid4()
    real, left = actions.desk.decide, [5]

    def dies(*args, **kwargs):
        left[0] -= 1
        if left[0] < 0:
            raise MemoryError
        return real(*args, **kwargs)

    monkeypatch.setattr(actions.desk, "decide", dies)
    with pytest.raises(MemoryError):
        actions.press(moderator, grid, press, [], shown)
    monkeypatch.undo()
    assert actions.press(moderator, grid, press, [], shown).approved == 12
    assert Decision.objects.count() == 12


def test_what_was_withdrawn_meanwhile_keeps_no_other_from_being_decided(easy, moderator, no_known):
    rows = easy(12)
    grid = actions.serve(moderator).grid
    shown = looked(grid)
    Submission.objects.filter(id=rows[4].id).update(state=State.WITHDRAWN)
    Claim.objects.filter(submission=rows[5]).delete()
    done = actions.press(moderator, grid, uuid4(), [], shown)
    assert (done.approved, done.lost) == (10, 2)


def test_undo_takes_the_whole_press_back(easy, moderator, no_known):
    easy(24)
    GridRule.objects.update(most=12)
    grid = actions.serve(moderator).grid
    marked = grid.tiles.first()
    actions.press(moderator, grid, uuid4(), [marked.id], looked(grid))
    following = actions.serve(moderator).grid  # the next page
    assert actions.undoable(moderator)[0] == grid
    assert actions.undo(moderator, grid) == (11, 0)
    assert Submission.objects.filter(state=State.QUEUED).count() == 24
    assert not Event.objects.filter(type="submission.decided", cancelled_at=None).exists()
    again = actions.serve(moderator).grid
    assert again not in (grid, following)
    assert [t.submission_id for t in again.tiles.all()] == [t.submission_id for t in grid.tiles.all()[1:]]
    assert actions.press(moderator, again, uuid4(), [], looked(again)).approved == 11
    assert actions.undoable(moderator)[0] == again


def test_undo_is_for_who_pressed_and_while_nobody_heard(easy, moderator, second_moderator, no_known):
    easy(12)
    grid = actions.serve(moderator).grid
    actions.press(moderator, grid, uuid4(), [], looked(grid))
    with pytest.raises(NotYours):
        actions.undo(second_moderator, grid)
    Decision.objects.update(decided_at=timezone.now() - timedelta(seconds=11))
    assert actions.undoable(moderator) is None
    with pytest.raises(TooLate):
        actions.undo(moderator, grid)
    assert Decision.objects.standing().count() == 12


def test_a_known_bad_one_is_told_counted_and_reaches_nobody(easy, moderator, known_bad):
    easy(12)
    GridRule.objects.update(known=100)
    before = (Event.objects.count(), Label.objects.count())
    grid = actions.serve(moderator).grid
    tile = grid.tiles.get(known__isnull=False)
    assert tile.submission == known_bad.submission
    done = actions.press(moderator, grid, uuid4(), [], looked(grid))
    assert done.approved == 12
    [miss] = done.misses
    assert (miss.case, miss.right) == (known_bad, False)
    assert not Decision.objects.filter(submission=known_bad.submission).exists()
    assert not Event.objects.filter(subject=str(known_bad.submission_id)).exists()
    assert (Event.objects.count() - before[0], Label.objects.count()) == (12, before[1])
    known_bad.submission.refresh_from_db()
    assert (known_bad.submission.state, known_bad.submission.decided_by) == (State.REJECTED, "prefilter")
    # Undone or not, the miss was told and counts; and the same one does not come soon again.
    actions.undo(moderator, grid)
    assert KnownAnswer.objects.get().right is False
    assert not actions.serve(moderator).grid.tiles.filter(known__isnull=False).exists()


def test_marked_it_is_well_seen_and_unseen_it_counts_as_nothing(easy, moderator, second_moderator, known_bad):
    easy(24)
    GridRule.objects.update(known=100, most=12)
    mine, theirs = (actions.serve(one).grid for one in (moderator, second_moderator))
    tile = mine.tiles.get(known__isnull=False)
    assert actions.press(moderator, mine, uuid4(), [tile.id], looked(mine)).known[0].right is True
    assert actions.press(second_moderator, theirs, uuid4(), [], {}).known == []
    assert set(KnownAnswer.objects.values_list("right", flat=True)) == {True, None}
    assert not KnownAnswer.objects.filter(closed_at=None).exists()


def test_a_case_that_is_true_no_more_is_not_used(easy, moderator, known_bad):
    easy(12)
    GridRule.objects.update(known=100)
    Submission.objects.filter(id=known_bad.submission_id).update(state=State.QUEUED, decided_by=None)
    assert not KnownCase.objects.usable().exists()
    assert not actions.serve(moderator).grid.tiles.filter(known__isnull=False).exists()


# -- pages -----------------------------------------------------------------------------------------------------------
def test_the_page_names_no_submission_and_tells_no_known_case_apart(easy, moderator, known_bad, logged_in):
    rows = easy(12)
    GridRule.objects.update(known=100)
    page = logged_in(moderator).get(reverse("grid")).content.decode()
    assert page.count('class="tile"') == 13
    for id in (*(row.id for row in rows), known_bad.submission_id):
        assert str(id) not in page
    assert "No brick in it" not in page
    # Nor can it be looked up while it is before this person.
    assert logged_in(moderator).get(reverse("desk-submission", args=[known_bad.submission_id])).status_code == 403


def test_a_press_by_the_page_and_what_the_next_page_tells(easy, moderator, known_bad, logged_in):
    easy(13)
    GridRule.objects.update(known=100, most=12)
    client = logged_in(moderator)
    client.get(reverse("grid"))
    grid = Grid.objects.get()
    shown = {str(id): ms for id, ms in looked(grid).items()}
    sent = {"press": str(uuid4()), "shown": json.dumps(shown)}
    answer = client.post(reverse("grid-press", args=[grid.id]), sent)
    assert answer.json() == {"next": "/desk/grid/"}
    page = client.get("/desk/grid/").content.decode()
    assert "One of these was a known case." in page
    assert "No brick in it." in page
    assert "Undo the last grid" in page
    assert client.post(reverse("grid-undo", args=[grid.id])).status_code == 302
    assert client.get("/desk/grid/").content.decode().count('class="tile"') == 12


def test_what_cannot_be_read_counts_as_not_seen(easy, moderator, logged_in, no_known):
    easy(12)
    client = logged_in(moderator)
    client.get(reverse("grid"))
    grid = Grid.objects.get()
    looked(grid)
    assert client.post(reverse("grid-press", args=[grid.id]), {"shown": "{}"}).status_code == 400
    sent = {"press": str(uuid4()), "shown": '{"a": 1, "b"'}
    assert client.post(reverse("grid-press", args=[grid.id]), sent).status_code == 200
    assert not Decision.objects.exists()
    assert not Claim.objects.exists()


def test_leaving_gives_back_but_not_what_a_later_page_has(easy, moderator, second_moderator, logged_in, no_known):
    easy(12)
    client = logged_in(moderator)
    until = client.get(reverse("grid")).context["until"]
    grid = Grid.objects.get()
    Claim.objects.update(leased_until=timezone.now() + timedelta(seconds=300))  # another page has it
    client.post(reverse("grid-leave", args=[grid.id]), {"until": until})
    assert Claim.objects.count() == 12
    client.post(reverse("grid-leave", args=[grid.id]), {"until": (timezone.now() + timedelta(hours=1)).isoformat()})
    assert not Claim.objects.exists()
    assert logged_in(second_moderator).post(reverse("grid-beat", args=[grid.id])).status_code == 404


def test_a_known_case_that_is_hidden_meanwhile_is_gone_and_not_told(easy, known_bad, moderator, lead):
    GridRule.objects.filter(id=1).update(known=100)
    easy(12)
    made = actions.serve(moderator).grid
    tile = made.tiles.get(known__isnull=False)
    assert tile.id in {one.id for one in tiles_of(made)}
    restrict(lead, known_bad.submission)
    assert tile.id not in {one.id for one in tiles_of(made)}
    assert tile.id not in actions.beat(moderator, made, {})
    pressed = actions.press(moderator, made, uuid4(), [], looked(made))
    assert (pressed.approved, pressed.known, pressed.misses) == (12, [], [])
    tile.refresh_from_db()
    assert (tile.fate, tile.known.outcome) == ("lost", "")
