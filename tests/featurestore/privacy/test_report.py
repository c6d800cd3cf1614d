"""The attacks find what is there, find nothing where nothing is, and the report says which."""

import json

import numpy as np
import pytest
from django.core.management import call_command

from featurestore.privacy import attacks, decoders, figures, inversion, seeds, words
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
    """Over many secrets: with some of them an axis falls on the right one by luck, and then for all pictures."""
    turned, hidden = [], []
    for seed in range(24):
        own, stored = vectors(300), vectors(300)
        turn = np.linalg.qr(RNG.standard_normal((DIM, DIM)))[0].astype(np.float32)
        kept = Projection.fit(own, bytes([seed]) * 32, 20).hide(stored)
        for result, there in ((turned, stored @ turn), (hidden, kept)):
            result.append(attacks.linkage(*attacks.align(own, stored, there, 5), seed).above)
    assert not seeds.combine(turned).no_better
    assert np.median([one.value for one in turned]) > 0.6
    assert seeds.combine(hidden).no_better
    assert seeds.combine(hidden).value == pytest.approx(0.5, abs=0.05)


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


def test_an_interval_over_seeds_holds_what_it_says():
    def one(secret: float) -> figures.Figure:
        return figures.share(RNG.random(60) < secret, 0.25)

    # Each seed has a chance of its own, whose mean is what is asked for: pictures alone would not tell.
    means = [seeds.combine([one(RNG.uniform(0.1, 0.5)) for _ in range(5)]) for _ in range(300)]
    assert np.mean([found.low <= 0.3 <= found.high for found in means]) > 0.93
    never = seeds.combine([figures.share(np.zeros(60, bool), 0.02)] * 5)
    assert (never.value, never.n) == (0, 300)
    assert 0.01 < never.high < 0.05
    again = seeds.combine([figures.share(np.zeros(60, bool), 0.02)] * 5, independent=False)
    assert (again.n, again.high) == (60, figures.share(np.zeros(60, bool), 0.02).high)
    [alone] = [figures.share(np.ones(60, bool), 0.02)]
    assert seeds.combine([alone]) == alone


def test_reports_become_one():
    def report(hits: int, picture: str) -> dict:
        linked = figures.share(np.arange(50) < hits, 0.02).as_dict()
        return {
            "rows": [{"option": "none", "found": {"first": linked, "above": linked, "no_better": False}}],
            "p": [picture],
        }

    both = seeds.combined([report(0, "a"), report(30, "b")])
    assert both["rows"][0]["option"] == "none"
    assert both["rows"][0]["found"]["first"]["value"] == 0.3
    assert both["rows"][0]["found"]["no_better"]  # two that differ so much say nothing
    assert both["p"] == ["a"]


@pytest.mark.parametrize("kind", ["linear", "convolutional"])
def test_a_decoder_draws_what_it_has_learned(kind):
    x = RNG.standard_normal((60, 6)).astype(np.float32)
    shapes = RNG.uniform(-0.1, 0.1, (6, 8, 8, 3)).repeat(8, 1).repeat(8, 2).reshape(6, -1)
    shown = np.clip(0.5 + x @ shapes, 0, 1).astype(np.float32)
    learn = {
        "linear": decoders.linear_pictures,
        "convolutional": lambda a, b: decoders.convolutional_pictures(a, b, 30, 0),
    }[kind]
    guess = learn(x[:40], shown[:40])(x[40:])
    alike = inversion._correlation(shown[40:] - shown[:40].mean(0), guess - shown[:40].mean(0))
    assert (alike.argmax(0) == np.arange(20)).mean() > 0.8
    lost = learn(x[:40], shown[np.random.default_rng(0).permutation(40)])(x[40:])  # what belongs to none teaches none
    assert (inversion._correlation(shown[40:], lost).argmax(0) == np.arange(20)).mean() < 0.4


def test_networks_are_the_same_for_the_same_seed_and_leave_the_process_its_own():
    import torch

    x, there = RNG.standard_normal((30, 5)).astype(np.float32), (RNG.random((30, 4)) < 0.5).astype(np.float32)
    before = torch.random.get_rng_state()
    one, same, other = (decoders.network_words(x, there, 3, seed)(x) for seed in (1, 1, 2))
    assert torch.equal(before, torch.random.get_rng_state())
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.fixture(scope="session")
def report(models, tmp_path_factory):
    from django.conf import settings

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "PRIVACY_FOLDER", tmp_path_factory.mktemp("privacy"))
        patch.setattr(settings, "MODELS_DIR", models)
        call_command("privacy_report", json=True, quick=True, verbosity=0)
        yield json.loads((settings.PRIVACY_FOLDER / "report.json").read_text()), settings.PRIVACY_FOLDER


@pytest.mark.models
def test_linkage_with_the_options_on_is_chance_and_the_cost_is_said(report):
    rows = {row["option"]: row for row in report[0]["linkage"]}
    assert not rows["none"]["safe"]
    assert rows["none"]["direct"]["first"]["value"] > 0.95
    assert rows["projection"]["safe"]
    assert rows["noise 256"]["safe"]
    assert not rows["noise 4"]["safe"]  # and it does not say so of what does not hide
    assert rows["projection"]["accuracy"]["value"] > rows["none"]["accuracy"]["value"] - 0.1
    assert "cost" in " ".join(report[0]["findings"])


@pytest.mark.models
def test_inversion_works_on_bare_vectors_and_needs_the_secret_on_hidden_ones(report):
    rows = {row["option"]: row for row in report[0]["others"]}
    for best in (words.drawn, words.named):
        assert not best(rows["none"])["no_better"]
        assert not best(rows["projection, secret stolen"])["no_better"]
        assert best(rows["projection"])["value"] < best(rows["none"])["value"] / 3
    assert set(rows["none"]["pictures"]["by"]) == {"linear", "convolutional"}
    assert [len(row) for row in rows["none"]["pictures"]["rows"]] == [3] * 6


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
    assert html.count("data:image/png;base64,") == 54
    assert "secret stolen" in html


@pytest.mark.django_db
def test_before_the_first_report_the_page_says_how(settings, tmp_path, admin_user, logged_in):
    settings.PRIVACY_FOLDER = tmp_path
    assert "manage.py privacy_report" in logged_in(admin_user).get("/privacy/").content.decode()
