"""A person's own words: checked like any, approved like any, and not for those who hear nothing of characters."""

import pytest

from engagement.characters import actions
from engagement.characters.models import Draft
from engagement.characters.refusals import Gone

pytestmark = pytest.mark.django_db


def test_own_words_wait_to_be_approved(creation, bo, moderator, logged_in, settings):
    settings.HOLD_OUT_PERCENT = 0
    row = creation(external_id="havn-1")
    client = logged_in(moderator)
    answer = client.post(
        "/comments/by-hand/", {"creation": "havn-1", "character": "bo", "text": " Sikke  en havn! "}, follow=True
    )
    html = answer.content.decode()
    assert "Read it once more" in html
    draft = Draft.objects.get()
    assert (draft.text, draft.state, draft.edited, draft.language) == ("Sikke en havn!", "draft", True, row.language)
    assert str(draft.id) in html
    with pytest.raises(Gone, match="has a draft"):
        actions.write_by_hand(moderator, row, bo, "En til!")


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"creation": "nothing"}, "No creation has this id."),
        ({"text": "Hvor gammel er du?"}, "It asks for something personal."),
        ({"creation": "twice"}, "Two apps have a creation of this id."),
        ({"character": "nobody"}, "Nobody of that name speaks."),
    ],
)
def test_what_is_refused_says_why(creation, other_app, moderator, logged_in, settings, sent, says):
    settings.HOLD_OUT_PERCENT = 0
    for name in ("havn-1", "twice"):
        creation(external_id=name)
    creation(external_id="twice", app=other_app)
    data = {"creation": "havn-1", "character": "bo", "text": "Sikke en havn!"} | sent
    html = logged_in(moderator).post("/comments/by-hand/", data, follow=True).content.decode()
    assert says in html
    assert not Draft.objects.exists()


def test_authors_who_hear_nothing_get_nothing_by_hand(creation, bo, moderator, settings, calling_app):
    settings.HOLD_OUT_PERCENT = 0
    row = creation(author="quiet")
    actions.opt_out(calling_app, "quiet")
    with pytest.raises(Gone, match="hears nothing"):
        actions.write_by_hand(moderator, row, bo, "Sikke en havn!")
    actions.opt_in(calling_app, "quiet")
    settings.HOLD_OUT_PERCENT = 50
    held = next(name for name in map(str, range(50)) if actions_held(calling_app, name))
    with pytest.raises(Gone, match="hears nothing"):
        actions.write_by_hand(moderator, creation(author=held), bo, "Sikke en havn!")


def actions_held(app, name: str) -> bool:
    from engagement.characters.holding_out import held_out

    return held_out(app.id, name)
