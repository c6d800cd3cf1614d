"""Rounds of cleaning on published creations: what people answer, what a round makes of it, and the pages."""

import uuid

import numpy as np
import pytest
from django.urls import reverse
from django.utils import timezone

from engagement.cleaning import actions
from engagement.cleaning.exam import figures, macro_f1
from engagement.cleaning.models import CleaningRound, Doubt, ThemeAnswer, is_exam
from engagement.creations.models import Creation
from engagement.daily.models import CreationTheme, ThemeCorrection
from engagement.themes.classifier import SHIPPED
from engagement.themes.models import LabelFunction
from engagement.themes.registered import TASK, take
from featurestore.heads.models import HeadVersion, Serving

SAID = {
    "star-wars": ("Darth Vader's fighter", "a Jedi and a stormtrooper", "Yoda on Dagobah", "X-wing and Wookiee"),
    "harry-potter": ("Hogwarts at night", "Hermione casts a spell", "Quidditch match", "Dumbledore's office"),
    "train": ("my locomotive", "steam engine on rails", "railway station", "level crossing with signals"),
}


@pytest.fixture
def creations(db, calling_app):
    """60 to learn from, and 36 of the exam, with words that tell three themes."""
    rows = []
    for n in range(96):
        exam = n >= 60
        theme = list(SAID)[n % 3]
        id = uuid.UUID(int=(n + 1) * 5 if exam else n * 5 + 1)
        title = SAID[theme][n % 4]
        rows.append(
            Creation(
                id=id, app=calling_app, external_id=f"{n}", content_digest="", title=title, text=f"number {n}",
                market="DK", language="en", author="a",
            )
        )  # fmt: skip
        rows[-1].theme_is = theme
    Creation.objects.bulk_create(rows)
    assert sum(map(is_exam, rows)) == 36
    return rows


def answers(rows, which=lambda row: row.theme_is):
    return {row.id: (which(row), "") for row in rows}


def test_a_round_makes_a_head_that_is_measured_on_peoples_answers(creations, lead):
    champion = take(SHIPPED)
    actions.answer(lead, uuid.uuid4(), answers([row for row in creations if is_exam(row)]))
    taught = [row for row in creations if not is_exam(row)][:6]
    actions.answer(lead, uuid.uuid4(), answers(taught))
    row = actions.do_round(actions.ask_round(lead).id)
    assert (row.state, row.why) == ("done", "")
    assert (row.texts, row.people, row.exam) == (60, 6, 36)
    assert row.macro_f1[0] > 0.8
    assert row.gain[1] <= row.gain[0] <= row.gain[2]
    assert row.head.parent == champion
    assert dict(Serving.objects.values_list("alias", "head")) == {"champion": champion.id, "challenger": row.head_id}
    shown = set(Doubt.objects.values_list("creation", flat=True))
    assert shown
    assert not shown & ({one.id for one in taught} | {one.id for one in creations if is_exam(one)})
    assert actions.do_round(row.id) is None  # once
    # Another function is another version of them.
    LabelFunction.objects.filter(on=True).first().delete()
    again = actions.do_round(actions.ask_round(lead).id)
    assert again.functions != row.functions


def test_without_an_exam_no_head_serves(creations, lead):
    take(SHIPPED)
    row = actions.do_round(actions.ask_round(lead).id)
    assert row.state == "done"
    assert "30 are wanted" in row.why
    assert row.head.standing == "held"
    assert Serving.objects.filter(task=TASK).count() == 1


def test_too_few_creations_are_said_and_one_round_is_done_at_a_time(db, lead):
    first = actions.ask_round(lead)
    with pytest.raises(actions.NotNow):
        actions.ask_round(lead)
    assert actions.do_round(first.id).why.startswith("There are 0 creations")
    assert CleaningRound.objects.get().state == "failed"
    stuck = actions.ask_round(lead)
    CleaningRound.objects.filter(id=stuck.id).update(asked_at=timezone.now() - actions.LONGEST * 2)
    assert actions.ask_round(lead).id != stuck.id
    assert CleaningRound.objects.get(id=stuck.id).state == "failed"
    assert not HeadVersion.objects.filter(task=TASK).exists()


def test_answers_correct_what_was_guessed_and_are_taken_back(creations, lead):
    row = creations[0]
    CreationTheme.objects.create(creation=row, slug="city", name="City", chance=0.8, version="1")
    assert actions.answer(lead, uuid.uuid4(), {row.id: ("star-wars", "city"), uuid.uuid4(): ("city", "")}) == 1
    assert ThemeCorrection.objects.get().said == "star-wars"
    assert actions.answer(lead, uuid.uuid4(), {creations[1].id: ("no-such-theme", "")}) == 0
    assert actions.undo(lead) == 1
    assert not ThemeAnswer.objects.exists()
    assert not ThemeCorrection.objects.exists()
    assert CreationTheme.objects.get().slug == "city"
    assert actions.undo(lead) == 0


def test_the_grid_takes_keys_answers_and_names(creations, logged_in, lead):
    client = logged_in(lead)
    rows = [row for row in creations if not is_exam(row)][:4]
    for place, row in enumerate(rows):
        Doubt.objects.create(creation=row, place=place, label="city", likely=row.theme_is)
    page = reverse("cleaning-grid", args=["doubts"])
    html = client.get(page).content.decode()
    assert html.count("data-tile") == 4
    a, b, c, d = rows
    batch = str(uuid.uuid4())
    sent = {"batch": batch, **{f"label-{row.id}": "city" for row in rows}}
    sent |= {f"likely-{row.id}": row.theme_is for row in rows}
    sent |= {f"answer-{a.id}": "yes", f"answer-{b.id}": "no", f"answer-{c.id}": "unsure", f"answer-{d.id}": "yes"}
    sent |= {f"other-{d.id}": "-"}
    client.post(page, sent)
    said = dict(ThemeAnswer.objects.values_list("creation", "slug"))
    assert said == {a.id: "city", b.id: b.theme_is, d.id: ""}
    assert client.get(page).content.decode().count("data-tile") == 1  # what was skipped is asked again
    client.post(reverse("cleaning-undo"), {"which": "doubts"})
    assert not ThemeAnswer.objects.exists()
    assert "cannot be read" in client.post(page, {"batch": "x"}, follow=True).content.decode()
    exam = client.get(reverse("cleaning-grid", args=["exam"])).content.decode()
    assert exam.count("data-tile") == actions.GRID
    assert client.get("/themes/nothing/").status_code == 404


def test_pages_show_rounds_and_functions_to_those_who_may(creations, logged_in, lead, outsider):
    CleaningRound.objects.create(by=lead, state="done", macro_f1=[0.81, 0.7, 0.9], gain=[0.02, -0.01, 0.05], exam=40)
    client = logged_in(lead)
    html = client.get(reverse("cleaning")).content.decode()
    assert "0.810" in html
    assert "spec-rounds" in html
    functions = client.get(reverse("cleaning-functions")).content.decode()
    assert "a galaxy far away" in functions
    client.post(reverse("cleaning-begin"))
    assert CleaningRound.objects.filter(state="waiting").count() == 1
    closed = logged_in(outsider)
    assert [closed.get(reverse(name)).status_code for name in ("cleaning", "cleaning-functions")] == [403, 403]
    assert closed.post(reverse("cleaning-begin")).status_code == 403


def test_figures_of_the_exam():
    truth = np.array([0, 0, 1, 1, -1])
    assert macro_f1(truth, truth, 2) == 1.0
    assert macro_f1(truth, np.array([0, 0, 1, 1, 1]), 2) == pytest.approx((1 + 0.8) / 2)
    assert macro_f1(truth, np.full(5, -1), 2) == 0.0
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 200)
    good = np.where(rng.random(200) < 0.9, truth, (truth + 1) % 3)
    bad = np.where(rng.random(200) < 0.5, truth, (truth + 1) % 3)
    score, gain = figures(truth, good, bad, 3)
    assert score[1] <= score[0] <= score[2]
    assert gain[1] > 0
    assert figures(truth, good, good, 3)[1] == (0.0, 0.0, 0.0)
