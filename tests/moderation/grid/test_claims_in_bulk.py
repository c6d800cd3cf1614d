"""Several grids at once, on both databases: none ever shares a submission with another, or with the desk."""

import pytest

from moderation.desk.actions import claim_next
from moderation.desk.models import Claim
from moderation.grid import actions
from moderation.grid.models import Grid, GridRule, Tile

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_grids_never_share_a_submission(at_once, easy, moderator, second_moderator, lead):
    easy(30)
    GridRule.objects.update(known=0, most=12)
    people = (moderator, second_moderator, lead)
    served = at_once(*(lambda one=one: actions.serve(one) for one in people))
    assert not [one for one in served if isinstance(one, Exception)], served
    grids = [one.grid for one in served if one.grid]
    assert grids  # the last may have found too few
    ids = [id for grid in grids for id in grid.tiles.values_list("submission_id", flat=True)]
    assert len(ids) == len(set(ids)) == Claim.objects.count()
    for grid in grids:
        mine = set(grid.tiles.values_list("submission_id", flat=True))
        claims = Claim.objects.filter(together=grid.id, moderator=grid.person)
        assert mine == set(claims.values_list("submission_id", flat=True))


def test_two_tabs_of_one_person_have_one_grid(at_once, easy, moderator):
    easy(24)
    GridRule.objects.update(known=0, most=12)
    served = at_once(*[lambda: actions.serve(moderator)] * 2)
    assert {one.grid for one in served} == {Grid.objects.get(pressed_at=None)}
    assert Claim.objects.filter(together=served[0].grid.id).count() == Claim.objects.count() == 12


def test_the_desk_and_a_grid_at_once(at_once, easy, moderator, second_moderator):
    easy(14)
    GridRule.objects.update(known=0, most=12)
    desk, grid = at_once(lambda: claim_next(second_moderator), lambda: actions.serve(moderator))
    assert desk is not None
    assert not Tile.objects.filter(grid=grid.grid, submission=desk).exists()
    assert Claim.objects.count() == 1 + grid.grid.tiles.count()
