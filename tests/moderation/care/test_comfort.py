"""A person's own way to see what was flagged, on every page that draws a picture."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from moderation.care.models import Comfort
from moderation.intake.models import Submission

pytestmark = pytest.mark.django_db
FOUND = [("image:0", "nudity", "flag", "nudity", [])]
TEMPLATES = Path(settings.BASE_DIR) / "templates"


def frames(html: str) -> list[str]:
    return re.findall(r'<div class="canvas ?([^"]*)"', html)


def test_flagged_is_veiled_and_the_other_picture_is_not(waiting, moderator, logged_in):
    waiting(pictures=2, found=FOUND)
    html = logged_in(moderator).get("/desk/").content.decode()
    assert frames(html) == ["veil veil-blur veil-hover", ""]
    assert html.count('class="veil veil-blur veil-hover" src=') == 1  # the small one in the strip too
    assert 'data-tool="veil"' in html


def test_nothing_flagged_nothing_veiled(waiting, moderator, logged_in):
    waiting(pictures=1)
    html = logged_in(moderator).get("/desk/").content.decode()
    assert frames(html) == [""]
    assert 'data-tool="veil"' not in html


def test_what_was_rejected_is_veiled_in_the_history(waiting, moderator, logged_in):
    one = waiting(pictures=1)
    Submission.objects.filter(id=one.id).update(
        state="rejected", decided_by="moderator", reasons=[{"code": "nudity", "title": "x"}]
    )
    html = logged_in(moderator).get(reverse("desk-submission", args=[one.id])).content.decode()
    assert frames(html) == ["veil veil-blur veil-hover"]


def test_a_person_keeps_their_own_way_on_the_server(waiting, moderator, second_moderator, logged_in):
    waiting(pictures=1, found=FOUND)
    page = logged_in(moderator)
    answer = page.post("/desk/comfort/", {"grey": "on", "nudity:own": "on", "nudity:small": "on", "rude:small": "on"})
    assert answer.status_code == 302
    own = Comfort.objects.get(person=moderator).own
    assert own.pop("reasons") == {"nudity": {"grey": False, "small": True}}
    assert own == {"blur": False, "grey": True, "mute": False, "hover": False}
    assert frames(logged_in(moderator).get("/desk/").content.decode()) == ["veil veil-small"]
    assert frames(logged_in(second_moderator).get("/desk/").content.decode()) == []  # the other one holds it
    page.post("/desk/comfort/", {"house": "1"})
    assert Comfort.objects.get(person=moderator).own == {}


def test_mute_is_the_persons(waiting, moderator, logged_in):
    one = waiting(pictures=1)
    one.parts.filter(kind="image").update(kind="video")
    assert " muted " in logged_in(moderator).get("/desk/").content.decode()
    logged_in(moderator).post("/desk/comfort/", {"blur": "on"})
    assert " muted " not in logged_in(moderator).get("/desk/").content.decode()


def test_the_page_is_not_for_who_sees_no_pictures(outsider, logged_in):
    assert logged_in(outsider).get("/desk/comfort/").status_code == 403


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=str)
def test_nothing_plays_by_itself(path):
    assert "autoplay" not in path.read_text()


def test_every_picture_that_was_uploaded_is_drawn_with_its_veil():
    """Who draws the address of a part must say how it is veiled, in the same template."""
    drawn = {
        path.relative_to(TEMPLATES).as_posix()
        for path in TEMPLATES.rglob("*.html")
        if re.search(r"<(img|video)[^>]*(part-file|\.preview|\.full)\b", path.read_text())
    }
    assert "moderation/desk/_stage.html" in drawn
    bare = [name for name in drawn if "veil" not in (TEMPLATES / name).read_text()]
    assert not [name for name in bare if not name.startswith("engagement/")]
