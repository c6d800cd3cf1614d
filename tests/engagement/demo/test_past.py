"""The demo's past: always the same, by the actions that production uses, and said to be invented."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from engagement.characters.holding_out import held_out
from engagement.characters.models import Draft, DraftState, Like, SecondLook
from engagement.creations.models import Creation
from engagement.daily.models import CreationTheme, DailyRun
from engagement.demo import children
from engagement.trends.models import ThemeDay
from engagement.value.estimate import FEWEST
from engagement.value.measuring import BACK, WINDOW
from engagement.value.models import Measured
from featurestore.compare.models import Block, Pair
from featurestore.heads.models import Alias, Serving
from moderation.demo import cast, challenger


def test_it_is_always_the_same_and_says_that_it_is_invented():
    found = children.builds(lambda author: True)
    assert found == children.builds(lambda author: True)
    assert len({build.id for build in found}) == len(found) > 2_000
    assert all(build.id.startswith("demo-") and build.author.startswith("demo-") for build in found)
    assert {build.ago for build in found} == set(range(1, children.DAYS))
    assert all(build.title for build in found)


def test_who_may_hear_comes_back_more_often():
    heard, held = (len(children.builds(lambda author, may=may: may)) for may in (True, False))
    assert heard > held * 1.05


@pytest.mark.parametrize("app", [1, 2, 5])
def test_enough_of_them_never_hear_anything_for_an_interval(app):
    first: dict[str, int] = {}
    window = range(BACK.days + 1, (BACK + WINDOW).days)
    for build in children.builds(lambda author: not held_out(app, author)):
        if build.ago in window:
            first.setdefault(build.author, build.ago)
    assert sum(held_out(app, author) for author in first) >= FEWEST


def test_ninjas_rise_in_the_last_week():
    found = children.builds(lambda author: True)

    def share(builds) -> float:
        return sum("ninja" in build.title.lower() for build in builds) / len(builds)

    late = [build for build in found if build.ago <= children.LAST]
    assert share(late) > 1.7 * share([build for build in found if build.ago > children.LAST])


@pytest.mark.django_db
@pytest.mark.models
def test_ten_days_of_a_few_children(models, settings, tmp_path, logged_in):
    settings.VAR = tmp_path
    with pytest.raises(CommandError, match="no demo here"):
        call_command("demo_past")
    cast.gather()
    call_command("demo_past", days=10, children=12)
    rows = Creation.objects.all()
    assert rows.count() == CreationTheme.objects.count() > 12
    assert not DailyRun.objects.exclude(state="done").exists()
    yesterday = timezone.now() - timedelta(days=2)
    old = Draft.objects.filter(creation__published_at__lt=yesterday - timedelta(days=1))
    assert set(old.values_list("state", flat=True)) <= {DraftState.APPROVED, DraftState.DROPPED}
    assert all(row.approved_text == row.text and row.approved_by for row in old.filter(state=DraftState.APPROVED))
    assert Draft.objects.waiting().exists()
    assert Like.objects.exclude(given_at=None).exists()
    assert SecondLook.objects.count() <= old.count()
    assert ThemeDay.objects.exists()
    assert Measured.objects.exists()
    before = (rows.count(), Draft.objects.count(), DailyRun.objects.count())
    call_command("demo_past", days=10, children=12)
    assert before == (Creation.objects.count(), Draft.objects.count(), DailyRun.objects.count())


@pytest.mark.django_db
def test_a_challenger_with_two_weeks_behind_it(lead, logged_in):
    head = challenger.plant()
    assert head is not None
    assert Serving.objects.get(task="face", alias=Alias.CHALLENGER).head == head
    assert Block.objects.count() == challenger.DAYS - 1
    assert Pair.objects.count() == challenger.A_DAY
    html = logged_in(lead).get("/models/face/").content.decode()
    assert 'aria-label="Verdict"' in html
    assert "3,640 uploads seen by both" in html
    assert "invented" in logged_in(lead).get(f"/models/face/versions/{head.version}/").content.decode()
    assert challenger.plant() is None
