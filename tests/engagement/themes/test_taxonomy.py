"""Themes are added, split, merged and retired, and every label that was ever given can still be read."""

from itertools import pairwise

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from brickmod.access.models import AuditEvent
from engagement.themes import actions
from engagement.themes.actions import CannotChange, shape
from engagement.themes.lexicon import shipped
from engagement.themes.mapping import Shape
from engagement.themes.models import Standing, TaxonomyVersion, Theme, ThemeChange
from engagement.themes.planting import GROUPS, plant


def theme(slug):
    return Theme.objects.get(slug=slug)


def test_fifteen_themes_are_planted_once(db):
    assert {row.slug for row in Theme.objects.live()} == {words.slug for words in shipped()}
    assert Theme.objects.live().count() == 15
    assert shape().above("star-wars") == {"screen"}
    assert shape().leaves("everyday") == {"city", "friends", "train", "technic"}
    assert plant("default") == 0
    assert TaxonomyVersion.objects.get().themes["ninjago"] == ["screen", "adventure"]


def test_a_release_leaves_alone_what_people_edited(db):
    Theme.objects.filter(slug="city").update(hashtags=["mine"], edited=True)
    Theme.objects.filter(slug="space").update(hashtags=["old"])
    assert plant("default") == 1
    assert theme("city").hashtags == ["mine"]
    assert "space" in theme("space").hashtags


def test_labels_outlive_every_change(lead):
    before = [words.slug for words in shipped()]
    ocean = actions.add_theme(lead, "ocean", "Ocean", [theme("adventure")], hashtags=["sea"])
    fire, police = actions.split_theme(lead, theme("city"), {"fire": "Fire", "police": "Police"}, "two worlds")
    actions.merge_themes(lead, [theme("pirates")], ocean)
    actions.merge_themes(lead, [ocean], theme("space"))
    actions.retire_theme(lead, theme("technic"))
    now = shape()
    assert {slug: now.leaves(slug) for slug in before if now.leaves(slug) != {slug}} == {
        "city": {"fire", "police"},  # one of the two, and nobody guesses which
        "pirates": {"space"},
        "technic": frozenset(),
    }
    assert now.above("fire") == {"city", "everyday"}
    assert "redbeard" in theme("space").known
    assert "sea" in theme("space").hashtags
    assert "pirates" in theme("space").aliases
    assert [change.kind for change in ThemeChange.objects.order_by("id")] == [
        "add",
        "split",
        "merge",
        "merge",
        "retire",
    ]
    newest = TaxonomyVersion.objects.first()
    assert (newest.number, newest.by, newest.summary) == (6, lead, "Technic was retired.")
    assert newest.themes.keys() >= {"fire", "police", "city", "space"}
    assert not newest.themes.keys() & {"technic", "pirates", "ocean"}
    assert AuditEvent.objects.filter(kind="theme", user=lead).count() == 5
    actions.restore_theme(lead, theme("technic"))
    assert shape().leaves("technic") == {"technic"}
    assert {fire.standing, police.standing} == {Standing.LIVE}


def test_what_would_lose_a_label_is_refused(lead):
    with pytest.raises(CannotChange, match="There is or was a theme 'city'"):
        actions.add_theme(lead, "city", "City again")
    with pytest.raises(CannotChange, match="two or more"):
        actions.split_theme(lead, theme("city"), {"fire": "Fire"})
    with pytest.raises(CannotChange, match="Other themes"):
        actions.merge_themes(lead, [theme("city")], theme("city"))
    actions.retire_theme(lead, theme("city"))
    for change in (
        lambda: actions.retire_theme(lead, theme("city")),
        lambda: actions.merge_themes(lead, [theme("city")], theme("space")),
        lambda: actions.split_theme(lead, theme("screen"), {"a": "A", "b": "B"}),
    ):
        with pytest.raises(CannotChange, match=r"is .*, not given to creations"):
            change()
    with pytest.raises(TypeError, match="never deleted"):
        theme("city").delete()
    assert TaxonomyVersion.objects.count() == 2


def test_a_split_that_fails_halfway_changes_nothing(lead):
    with pytest.raises(CannotChange):
        actions.split_theme(lead, theme("city"), {"fire": "Fire", "space": "Space"})
    assert theme("city").standing == Standing.LIVE
    assert not Theme.objects.filter(slug="fire").exists()


@settings(deadline=None)
@given(st.permutations("abcdef"), st.integers(0, 5))
def test_a_chain_of_merges_ends_at_the_last(order, live):
    merged = dict(pairwise(order[: live + 2]))
    last = order[min(live + 1, 5)]
    now = Shape(dict.fromkeys("abcdef", ()), merged, frozenset(set("abcdef") - merged.keys()))
    assert all(now.leaves(slug) == {last} for slug in merged)


def test_a_merge_in_a_circle_is_an_error():
    with pytest.raises(ValueError, match="into itself"):
        Shape({"a": (), "b": ()}, {"a": "b", "b": "a"}, frozenset()).now("a")


def test_the_admin_changes_words_and_shape(admin_user, logged_in):
    client, city = logged_in(admin_user), theme("city")
    page = client.get(reverse("admin:themes_theme_change", args=[city.pk]))
    assert page.status_code == 200
    form = page.context["adminform"].form
    data = {name: form[name].value() for name in form.fields}
    data |= {"parents": [theme("everyday").pk], "keywords": '{"en": ["truck"]}', "hashtags": "#City\nTown\nCity"}
    assert client.post(page.request["PATH_INFO"], data).status_code == 302
    assert (theme("city").hashtags, theme("city").keywords) == (["City", "Town"], {"en": ["truck"]})
    for verb, answer in (
        ("split", {"parts": "fire: Fire\npolice: Police"}),
        ("merge", {"into": theme("space").pk}),
        ("retire", {"reason": "dull"}),
        ("restore", {}),
    ):
        subject = {"split": city, "merge": theme("pirates"), "retire": theme("train"), "restore": theme("train")}[verb]
        url = reverse(f"admin:themes_theme_{verb}", args=[subject.pk])
        assert client.get(url).status_code == 200
        assert client.post(url, answer).status_code == 302
    assert shape().leaves("city") == {"fire", "police"}
    assert theme("train").standing == Standing.LIVE
    assert client.post(reverse("admin:themes_theme_split", args=[city.pk]), {"parts": "a: A\nb: B"}).status_code == 200
    assert client.post(reverse("admin:themes_theme_split", args=[city.pk]), {"parts": "no name"}).status_code == 200
    assert not Theme.objects.filter(slug="a").exists()
    timeline = client.get(reverse("admin:themes_taxonomyversion_changelist")).content.decode()
    assert "City was split into Fire, Police." in timeline
    added = {"name": "Ocean", "slug": "ocean", "keywords": "{}", "parents": [theme("adventure").pk]}
    assert client.post(reverse("admin:themes_theme_add"), added).status_code == 302
    assert TaxonomyVersion.objects.first().summary == "Ocean was added."
    loop = dict.fromkeys(("markets", "aliases", "hashtags", "known", "seasons"), "")
    loop |= {"name": "Films", "keywords": "{}", "parents": [theme("city").pk]}
    refused = client.post(reverse("admin:themes_theme_change", args=[theme("everyday").pk]), loop)
    assert "cannot be above itself" in refused.content.decode()


def test_every_group_is_known():
    assert {parent for words in shipped() for parent in words.parents} == set(GROUPS)
