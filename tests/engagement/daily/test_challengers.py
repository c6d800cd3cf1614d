"""Challengers of the theme heads: beside the champion, never in its way; what people say decides."""

import uuid
from types import SimpleNamespace

import numpy as np
import pytest
from django.utils import timezone

from engagement.characters.models import Character, Draft, DraftState
from engagement.creations.models import Creation
from engagement.daily import beside, guessing, pairing
from engagement.daily.beside import Looked, look_beside
from engagement.daily.models import CreationTheme, ThemeCorrection, ThemePair
from engagement.themes import classifier
from engagement.themes.classifier import SHIPPED, Seen, Sight
from engagement.themes.fusion import Answer
from engagement.themes.registered import TASK, head_sheet, take
from engagement.themes.sheet import made, read
from featurestore.compare.models import Pair
from featurestore.heads import actions as heads
from featurestore.heads.models import HeadAlert, HeadVersion, Serving
from featurestore.heads.refusals import CannotTrainHere
from featurestore.heads.registering import take_in
from featurestore.heads.serving import serving
from moderation.prefilter.faults import Faults

pytestmark = pytest.mark.django_db
TEXTS = ("Darth Vader and a stormtrooper", "Hogwarts with Hermione", "a quiet evening")


@pytest.fixture
def champion():
    return take(SHIPPED)


@pytest.fixture
def challenger(champion, user):
    """The same head, but for its bias: it takes everything for a castle."""
    sheet, arrays = read(SHIPPED, "text")
    bias = arrays["bias"].copy()
    bias[sheet.themes.index("castle")] += 50
    other, file = made(
        "text", {**arrays, "bias": bias}, **{k: v for k, v in vars(sheet).items() if k not in ("kind", "sha256")}
    )
    head = take_in(head_sheet(other), file)
    heads.deploy(head, user, "to be seen beside it", with_mlflow=False)
    return head


@pytest.fixture
def user(django_user_model):
    return django_user_model.objects.create_user("eva", password="x")


@pytest.fixture
def creations(calling_app):
    return [
        Creation.objects.create(
            app=calling_app, external_id=uuid.uuid4().hex, content_digest="", title=text, market="DK", language="en",
            author="a",
        )
        for text in TEXTS
    ]  # fmt: skip


@pytest.fixture(autouse=True)
def faults(monkeypatch):
    fresh = Faults()
    monkeypatch.setattr(beside, "_faults", fresh)
    return fresh


def test_the_shipped_head_becomes_champion_once_and_answers_as_it_did(champion):
    assert take(SHIPPED) == champion
    assert list(Serving.objects.values_list("task", "alias", "head")) == [(TASK, "champion", champion.id)]
    [(kind, served)] = classifier.classifiers()
    assert served.id == champion.id
    before = classifier.load(SHIPPED, classifier.words(), classifier.shape())
    seen = [Seen(text) for text in TEXTS]
    assert [one.scores for one in kind.look(seen)] == [one.scores for one in before.look(seen)]
    assert serving(TASK)[TASK][0].threshold == before.text.sheet.threshold(classifier.RISK)
    with pytest.raises(CannotTrainHere, match="elsewhere"):
        heads.ask_training(TASK)


def test_the_champions_answers_do_not_change_and_pairs_are_kept(creations, champion, monkeypatch, request):
    alone = guessing.guess(creations)
    assert guessing.beside() == 0
    request.getfixturevalue("challenger")
    assert guessing.guess(creations) == alone
    assert guessing.beside() > 0
    assert guessing.beside() == 0  # once
    asked = dict(ThemePair.objects.values_list("creation", "asked"))
    assert set(asked) <= {row.id for row in creations}
    for link in ThemePair.objects.all():
        pair = Pair.objects.get(id=link.pair)
        assert pair.task == TASK
        assert pair.challenger_hit == (link.asked == "castle")
        assert (pair.champion_hit, pair.chance) == (link.asked != "castle", 1.0)


def test_a_promotion_is_picked_up_by_the_next_guess(creations, champion, challenger, user, monkeypatch):
    monkeypatch.setattr("featurestore.heads.changing.mirroring.follow", lambda *args: None)
    monkeypatch.setattr("featurestore.heads.changing.registry.point", lambda *args: None)
    assert guessing.guess(creations)[0].slug == "star-wars"
    heads.promote(challenger, user, "castles everywhere")
    assert [one.slug for one in guessing.guess(creations)] == ["castle"] * 3
    heads.roll_back(TASK, user, "no, not everywhere")
    assert guessing.guess(creations)[0].slug == "star-wars"


@pytest.mark.parametrize("trouble", ["raises", "hangs"])
def test_a_challenger_in_trouble_is_dropped_and_told(creations, champion, challenger, faults, monkeypatch, trouble):
    import threading

    guessing.guess(creations)
    seen = guessing.looks.seen
    let_go = threading.Event()

    def judged(sight):
        if trouble == "raises":
            raise ValueError("no")
        let_go.wait(60)
        return []

    [(_, served)] = seen.challengers
    bad = Looked(seen.creations, seen.sight, seen.answers, 1.0, seen.served, [(SimpleNamespace(judged=judged), served)])
    try:
        assert look_beside(bad, seconds=0.05) == 0
        assert not ThemePair.objects.exists()
        assert HeadAlert.objects.filter(task=TASK, version=challenger.version).exists() == (trouble == "raises")
        assert faults.off(challenger.id) == (trouble == "hangs")  # not asked again while it hangs
    finally:
        let_go.set()


def test_a_creation_that_was_withdrawn_meanwhile_has_no_pair(creations, champion, challenger):
    guessing.guess(creations)
    gone = creations[0].id
    creations[0].delete()
    guessing.beside()
    assert not ThemePair.objects.filter(creation=gone).exists()


def test_the_coin_is_fair_and_known_before_anybody_answers():
    ids = [uuid.UUID(int=n) for n in range(1000)]
    assert sum(pairing.question(id, "a", "b") == "a" for id in ids) == 500
    assert {pairing.question(id, "a", "a") for id in ids} == {"a"}
    assert {pairing.question(id, "", "b") for id in ids} == {"b"}
    assert {pairing.question(id, "a", "") for id in ids} == {"a"}
    assert {pairing.question(id, "", "") for id in ids} == {""}


@pytest.mark.parametrize(
    ("truth", "winner"),
    [("star-wars", "champion"), ("castle", "challenger"), ("train", "each once"), ("", "each once")],
)
def test_when_both_are_wrong_neither_is_favoured(calling_app, champion, challenger, user, truth, winner):
    """Champion says star-wars, challenger castle, of two creations of which the coin asks about one each."""
    rows = []
    for n in (2, 3):
        row = Creation.objects.create(
            id=uuid.UUID(int=n), app=calling_app, external_id=str(n), content_digest="", market="DK", language="da",
            author="a",
        )  # fmt: skip
        rows.append((row, _answer("star-wars"), _answer("castle")))
        ThemeCorrection.objects.create(creation=row, guessed="ninjago", chance=0.9, version="1", said=truth, by=user)
    [a, b] = serving(TASK)[TASK]
    assert pairing.pair(rows, a, b, (1.0, 1.0)) == 2
    assert pairing.tell(timezone.now()) == 2
    assert pairing.tell(timezone.now()) == 0
    right = [(p.champion_hit == p.label, p.challenger_hit == p.label) for p in Pair.objects.all()]
    expected = {
        "champion": [(True, False)] * 2,
        "challenger": [(False, True)] * 2,
        "each once": [(False, True), (True, False)],
    }
    assert sorted(right) == sorted(expected[winner])


def test_an_approved_draft_confirms_the_theme_beside_it_and_a_correction_is_stronger(
    creations, champion, challenger, user
):
    row = creations[0]
    CreationTheme.objects.create(creation=row, slug="star-wars", name="Star Wars", chance=0.9, version="1")
    [a, b] = serving(TASK)[TASK]
    pairing.pair([(row, _answer("star-wars"), _answer("star-wars"))], a, b, (1.0, 1.0))
    assert pairing.tell(timezone.now()) == 0
    character = Character.objects.first()
    Draft.objects.bulk_create(
        [Draft(creation=row, character=character, language="en", text="Nice!", theme="star-wars")]
    )
    assert pairing.tell(timezone.now()) == 0  # nobody has read it
    Draft.objects.filter(creation=row).update(
        state=DraftState.APPROVED,
        approved_by=user,
        approved_at=timezone.now(),
        post_at=timezone.now(),
        approval=uuid.uuid4(),
        approved_text="Nice!",
    )
    assert pairing.tell(timezone.now()) == 1
    assert Pair.objects.get().label is True
    ThemeCorrection.objects.create(creation=row, guessed="star-wars", chance=0.9, version="1", said="space", by=user)
    assert pairing.tell(timezone.now()) == 1
    assert Pair.objects.get().label is False
    ThemePair.objects.update(at=timezone.now() - pairing.KEPT * 2)
    pairing.tell(timezone.now())
    assert not ThemePair.objects.exists()


def test_a_row_that_is_broken_is_left_out_and_the_folders_head_serves(creations, champion):
    HeadVersion.objects.filter(id=champion.id).update(onnx=b"PK nothing", sheet={**champion.sheet, "sha256": "0" * 64})
    assert guessing.guess(creations)[0].slug == "star-wars"
    assert HeadAlert.objects.filter(task=TASK).exists()


def _answer(theme: str) -> Answer:
    return Answer(theme, None, theme, 0.9, {theme: 0.9})


def test_what_a_sight_holds_is_enough_for_another_head(champion):
    kind = classifier.classifier()
    sight = kind.see([Seen("Darth Vader"), Seen()])
    assert isinstance(sight, Sight)
    assert (list(sight.there), sight.vectors.shape[0]) == ([0], 1)
    assert np.isfinite(sight.vectors).all()
