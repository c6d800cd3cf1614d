"""The attacks find what is there, find nothing where nothing is, and the report says which."""

import json

import numpy as np
import pytest
from django.core.management import call_command

from featurestore.privacy import attacks, figures, words
from featurestore.privacy.hiding import Projection

pytestmark = pytest.mark.xdist_group("privacy")  # they share one report
RNG = np.random.default_rng(3)
N, DIM = 80, 30


@pytest.fixture(autouse=True)
def same_numbers():
    """Each test draws the same, whichever ran before it."""
    global RNG
    RNG = np.random.default_rng(3)


def vectors(n: int = N) -> np.ndarray:
    # Skewed, and wide along the first axes: as encoders' vectors are.
    return (RNG.exponential(1, (n, DIM)) * np.geomspace(8, 0.2, DIM)).astype(np.float32)


def test_a_stored_picture_is_found_and_a_foreign_one_is_not():
    x = vectors()
    found = attacks.linkage(x, x + 0.01, 0)
    assert (found.first.value, found.no_better) == (1.0, False)
    lost = attacks.linkage(x, RNG.standard_normal((N, DIM)).astype(np.float32), 0)
    assert lost.no_better
    assert lost.above.value == pytest.approx(0.5, abs=0.12)


def test_the_same_vector_for_everybody_is_no_link():
    found = attacks.linkage(vectors(), np.ones((N, DIM), np.float32), 0)
    assert found.first.value == 0
    assert found.above.value == pytest.approx(0.5)


def test_turning_alone_is_seen_through_and_the_projection_is_not():
    own, stored = vectors(1500), vectors(1500)
    turn = np.linalg.qr(RNG.standard_normal((DIM, DIM)))[0].astype(np.float32)
    assert not attacks.linkage(*attacks.align(own, stored, stored @ turn, 5), 0).no_better
    hidden = Projection.fit(own, b"s" * 32, 20).hide(stored)

    def attack(rng):
        mine, rows = attacks.some(own, rng), attacks.some(stored, rng)
        return attacks.linkage(*attacks.align(own[mine], stored[rows], hidden[rows], 5), 0)

    assert attacks.often(attack, 0).no_better


def test_known_pairs_undo_any_linear_map():
    stored = vectors()
    turn = np.linalg.qr(RNG.standard_normal((DIM, DIM)))[0].astype(np.float32)
    assert attacks.linkage(*attacks.learn_map(stored, stored @ turn, 40, 0), 0).first.value > 0.9


def test_a_secret_that_is_there_is_guessed_and_one_that_is_not_is_not():
    secret = np.array(["DK", "DE"] * (N // 2))
    x = vectors()
    assert attacks.attribute(x, secret, 0).no_better
    x[secret == "DK", -1] += 5
    assert not attacks.attribute(x, secret, 0).no_better


def test_members_of_an_overfitted_head_are_recognised():
    labels = RNG.choice(["a", "b"], N)  # nothing to learn: what it knows, it knows by heart
    assert attacks.membership(RNG.standard_normal((N, 200)).astype(np.float32), labels, 0).value > 0.9


def test_intervals_hold_what_they_say():
    hits = RNG.random((400, 100)) < 0.3
    shares = [figures.share(row, 0.3) for row in hits]
    assert np.mean([one.low <= 0.3 <= one.high for one in shares]) > 0.9
    assert figures.share(np.zeros(50, bool), 0.02).no_better
    assert not figures.share(np.ones(50, bool), 0.02).no_better


@pytest.fixture(scope="session")
def report(models, tmp_path_factory):
    from django.conf import settings

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "PRIVACY_FOLDER", tmp_path_factory.mktemp("privacy"))
        patch.setattr(settings, "MODELS_DIR", models)
        call_command("privacy_report", json=True, scale=0.6, verbosity=0)
        yield json.loads((settings.PRIVACY_FOLDER / "report.json").read_text()), settings.PRIVACY_FOLDER


@pytest.mark.models
def test_linkage_with_the_options_on_is_chance_and_the_cost_is_said(report):
    rows = {row["option"]: row for row in report[0]["linkage"]}
    assert not rows["none"]["safe"]
    assert rows["none"]["direct"]["first"]["value"] > 0.95
    assert rows["projection"]["safe"]
    assert any(rows[f"noise {length}"]["safe"] for length in ("64", "256"))
    assert not rows["noise 4"]["safe"]  # and it does not say so of what does not hide
    assert rows["projection"]["accuracy"]["value"] > rows["none"]["accuracy"]["value"] - 0.1
    assert "cost" in " ".join(report[0]["findings"])


@pytest.mark.models
def test_inversion_works_on_bare_vectors_and_needs_the_secret_on_hidden_ones(report):
    rows = {row["option"]: row for row in report[0]["others"]}
    for kind in ("pictures", "texts"):
        assert not rows["none"][kind]["found"]["no_better"]
        assert not rows["projection, secret stolen"][kind]["found"]["no_better"]
        assert rows["projection"][kind]["found"]["value"] < rows["none"][kind]["found"]["value"] / 3
    assert len(rows["none"]["pictures"]["pairs"]) == 6


@pytest.mark.models
def test_it_says_what_is_not_safe(report):
    assert len(report[0]["unsafe"]) >= 3
    worse = json.loads(json.dumps(report[0]))
    for row in worse["linkage"]:
        row["safe"] = False
    said = " ".join(words.findings(worse))
    assert "BETTER THAN CHANCE" in said
    assert "No noise" in said


@pytest.mark.models
@pytest.mark.django_db
def test_the_page_shows_it(report, settings, ml_engineer, logged_in):
    settings.PRIVACY_FOLDER = report[1]
    html = logged_in(ml_engineer).get("/privacy/").content.decode()
    assert "What is not safe" in html
    assert html.count("data:image/png;base64,") == 36
    assert "secret stolen" in html


@pytest.mark.django_db
def test_before_the_first_report_the_page_says_how(settings, tmp_path, admin_user, logged_in):
    settings.PRIVACY_FOLDER = tmp_path
    assert "manage.py privacy_report" in logged_in(admin_user).get("/privacy/").content.decode()
