"""Which pairs are kept of what the heads said, with which chance people see them, and what decisions tell of them."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import numpy as np
import pytest
from PIL import Image

from featurestore.compare.models import Block, Pair
from featurestore.compare.reading import pairs
from featurestore.heads.models import Alias, HeadVersion
from featurestore.heads.serving import Served
from moderation.desk.actions import claim_next, decide, undo
from moderation.detectors.base import Finding, Picture
from moderation.intake.actions import erase
from moderation.intake.models import State, Submission
from moderation.prefilter import actions, days, keeping, learned, links
from moderation.prefilter.chances import number
from moderation.prefilter.links import features_of, pairs_of
from moderation.prefilter.looking import Beside, Made, PartLook, SubmissionLook
from moderation.prefilter.models import PairLink, Recheck
from tests.moderation.prefilter.conftest import jpeg

pytestmark = pytest.mark.django_db
EDGE = 0.5


@pytest.fixture
def heads(db) -> dict[str, Served]:
    """The champion and two challengers of faces."""
    found = {}
    for n, alias in enumerate((Alias.CHAMPION, Alias.CHALLENGER, Alias.SECOND)):
        row = HeadVersion.objects.create(task="face", version=str(n), encoder="e", view="face", onnx=b"", sheet={})
        found[alias] = Served(row.id, "face", row.version, alias, None, EDGE)
    return found


@pytest.fixture
def looked(heads):
    """looked(submission, [(0.9, 0.1), …]): what the champion and the challengers scored of each picture."""

    def finding(score: float, detector: str = "face") -> Finding:
        sure = score >= EDGE
        return Finding(detector, "reject" if sure else "pass", score, EDGE, "face" if sure else "")

    def looked(submission: Submission, scores: list[tuple[float, ...]], quality: str = "pass") -> SubmissionLook:
        parts = []
        for part, (first, *others) in zip(submission.parts.filter(kind="image"), scores, strict=True):
            look = PartLook(part, [Picture(Image.new("RGB", (8, 8)))])
            look.made.append(Made(Finding("quality", quality, 0.9, EDGE, "bad_picture"), "1", 1.0))
            look.made.append(Made(finding(first), "0", 30.0, heads[Alias.CHAMPION], 0.4))
            named = zip((Alias.CHALLENGER, Alias.SECOND), others, strict=False)
            look.beside += [Beside(heads[alias], finding(score), 0.6) for alias, score in named]
            look.vectors.append(("test", "face", np.full(4, 0.5, np.float32)))
            parts.append(look)
        return SubmissionLook(submission, parts)

    return looked


@pytest.fixture
def concluded(send, looked):
    """concluded([(0.9, 0.1)], audit=True): a submission with so many pictures, looked at and concluded."""
    count = iter(range(1000))

    def concluded(scores, audit: bool = False, quality: str = "pass", **fields) -> Submission:
        fields = {"images": [jpeg() for _ in scores], **fields}
        submission = send(f"s{next(count)}", **fields)
        Submission.objects.filter(id=submission.id).update(audit=audit)
        submission.refresh_from_db()
        assert actions.conclude(looked(submission, scores, quality))
        return submission

    return concluded


def labels() -> list[bool | None]:
    return list(Pair.objects.order_by("champion_score", "challenger_score").values_list("label", flat=True))


# -- which, and with which chance -----------------------------------------------------------------------------------
def test_what_is_not_rejected_is_seen(concluded, heads):
    concluded([(0.1, 0.8, 0.2)], app_version="BrickClub-iOS/5.1", language="pt-BR", market="BR")
    one, two = Pair.objects.order_by("challenger_id")
    assert (one.champion_id, one.challenger_id) == (heads["champion"].id, heads["challenger"].id)
    assert two.challenger_id == heads["challenger-2"].id
    assert (one.champion_score, one.challenger_score, one.champion_hit, one.challenger_hit) == (0.1, 0.8, False, True)
    assert (one.champion_ms, one.challenger_ms) == (0.4, 0.6)
    assert (one.stratum, one.chance, one.label) == ("seen", 1.0, None)
    assert (one.market, one.language, one.device) == ("BR", "pt", "ios")
    assert not Recheck.objects.exists()


def test_without_a_challenger_there_is_no_pair_and_no_recheck(concluded):
    concluded([(0.9,)])
    assert (Pair.objects.count(), PairLink.objects.count(), Recheck.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(("score", "stratum", "usual"), [(0.8, "agreed", 0.05), (0.2, "disputed", 1.0)])
def test_what_is_rejected_has_its_chance(concluded, settings, score, stratum, usual):
    submission = concluded([(0.9, score)])
    assert submission.state == State.REJECTED
    pair = Pair.objects.get()
    assert pair.stratum == stratum
    assert pair.chance == pytest.approx(0.02 + 0.98 * usual)
    drawn = number(submission.id) < usual
    assert Recheck.objects.exists() == drawn
    # What is drawn keeps its features too: a person's answer can teach.
    assert bool(features_of(list(submission.parts.all()))) == drawn


def test_the_audit_sample_has_the_chance_that_it_would_have_had(concluded):
    concluded([(0.9, 0.8)], audit=True)
    concluded([(0.1, 0.2)], audit=True)
    rejected, passed = Pair.objects.order_by("-champion_score")
    assert (rejected.stratum, passed.stratum) == ("audit", "seen")
    assert rejected.chance == pytest.approx(0.02 + 0.98 * 0.05)
    assert passed.chance == 1
    assert not Recheck.objects.exists()


def test_one_dispute_lifts_the_chance_of_the_whole_submission(concluded):
    concluded([(0.9, 0.8), (0.1, 0.7)])
    assert {(pair.stratum, pair.chance) for pair in Pair.objects.all()} == {("agreed", 1.0), ("disputed", 1.0)}
    assert Recheck.objects.get().chance == 1.0


def test_another_detectors_rejection_is_not_looked_at_again_for_these_heads(concluded):
    concluded([(0.1, 0.2)], quality="reject")
    assert (Pair.objects.get().stratum, Pair.objects.get().chance) == ("agreed", 0.02)
    assert not Recheck.objects.exists()


def test_what_only_the_audit_sample_lets_a_head_see_is_passed_over(concluded):
    """Quality rejects first: had it not been drawn, nobody would have looked for faces."""
    concluded([(0.9, 0.2)], quality="reject", audit=True)
    assert not Pair.objects.exists()


def test_when_the_day_is_full_chances_fall_and_are_kept(concluded, settings):
    settings.RECHECKS_A_DAY = 4
    settings.AUDIT_SHARE = 0.0
    chances: dict = {}
    for _ in range(12):
        submission = concluded([(0.9, 0.2)])
        chances[submission.id] = Recheck.objects.filter(submission=submission).values_list("chance", flat=True).first()
    kept = sorted((row.chance for row in Pair.objects.all()), reverse=True)
    assert kept[:3] == [1.0, 1.0, 1.0]
    assert set(kept) <= {1.0, 0.5, 0.05}
    assert kept[-1] < 1.0
    # Whoever was drawn had a chance above their number; whoever was not can have had no more than it.
    assert all(number(id) < chance for id, chance in chances.items() if chance is not None)
    assert all(number(id) >= kept[-1] for id, chance in chances.items() if chance is None)


def test_draws_are_as_often_as_they_say(concluded, settings):
    settings.RECHECK_AGREED, settings.RECHECKS_A_DAY = 0.3, 10**6
    sent = [concluded([(0.9, 0.8)]) for _ in range(60)]
    drawn = set(Recheck.objects.values_list("submission_id", flat=True))
    assert drawn == {one.id for one in sent if number(one.id) < 0.3}
    assert 5 < len(drawn) < 33  # 18 are to be expected; outside once in 10,000


def test_an_error_is_no_answer_to_compare(concluded, looked, send):
    submission = send("e")
    look = looked(submission, [(0.9, 0.2)])
    failed = Finding("face", "error", 0.0, 1.0, note="failed")
    look.parts[0].beside[0] = Beside(look.parts[0].beside[0].served, failed, 0.1)
    actions.conclude(look)
    assert not Pair.objects.exists()


def test_a_failure_here_is_no_failure_of_the_answer(concluded, monkeypatch):
    def broken(*args, **kwargs):
        Pair.objects.create(id="no id", task="face")

    monkeypatch.setattr(keeping, "link_pairs", broken)
    one = concluded([(0.9, 0.2)])
    one.refresh_from_db()
    assert one.state == State.REJECTED
    assert (Pair.objects.count(), PairLink.objects.count(), Recheck.objects.count()) == (0, 0, 0)


def test_a_second_conclusion_adds_nothing(send, looked):
    submission = send()
    assert actions.conclude(looked(submission, [(0.9, 0.2)]))
    assert not actions.conclude(looked(submission, [(0.9, 0.2)]))
    assert Pair.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "device"),
    [
        ("BrickClub-iOS/5.1", "ios"),
        ("5.1 (iPad)", "ios"),
        ("android 12.0", "android"),
        ("Web", "web"),
        ("webview-ish 2", ""),
        ("5.1", ""),
        ("", ""),
    ],
)
def test_the_device_is_one_of_three_words(said, device):
    assert keeping.device(said) == device


# -- what people say ------------------------------------------------------------------------------------------------
def test_approved_is_no(concluded, moderator):
    concluded([(0.1, 0.8), (0.2, 0.3)])
    decide(moderator, claim_next(moderator), "approve")
    assert labels() == [False, False]


def test_rejected_for_it_is_yes_where_the_champion_pointed(concluded, moderator):
    concluded([(0.1, 0.8), (0.9, 0.3)], audit=True)
    decide(moderator, claim_next(moderator), "reject", ["face"])
    assert labels() == [None, True]


def test_rejected_where_nobody_pointed_is_yes_for_the_likeliest(concluded, moderator):
    concluded([(0.1, 0.45), (0.2, 0.3), (0.3, 0.1)])
    decide(moderator, claim_next(moderator), "reject", ["face"])
    assert labels() == [True, None, None]


def test_swapped_heads_get_the_same_label(concluded, moderator):
    """Where the champion pointed at nothing, neither head is favoured."""
    concluded([(0.45, 0.1), (0.3, 0.2)])
    decide(moderator, claim_next(moderator), "reject", ["face"])
    assert labels() == [None, True]


def test_rejected_for_something_else_says_nothing(concluded, moderator):
    concluded([(0.1, 0.8)])
    decide(moderator, claim_next(moderator), "reject", ["rude"])
    assert labels() == [None]


def test_an_undone_decision_said_nothing(concluded, moderator):
    concluded([(0.1, 0.8)])
    decision = decide(moderator, claim_next(moderator), "approve")
    assert labels() == [False]
    undo(moderator, decision)
    assert labels() == [None]


def test_a_rejection_denied_is_no_for_its_task_alone(concluded):
    one = concluded([(0.9, 0.2)])
    learned.deny(one, ["rude"], 1, "second_look")
    assert labels() == [None]
    learned.deny(one, ["face"], 1, "second_look")
    assert labels() == [False]


# -- for how long ---------------------------------------------------------------------------------------------------
def test_links_lead_to_pairs_and_features_apart(concluded):
    one = concluded([(0.1, 0.2)])
    parts = list(one.parts.filter(kind="image"))
    pair = Pair.objects.get()
    assert pairs_of(parts) == [(parts[0].id, pair.id)]
    assert pair.id not in features_of(parts)
    link = PairLink.objects.get()
    assert pair.id.bytes not in bytes(link.sealed)


def test_erased_is_erased(concluded):
    one = concluded([(0.9, 0.2)])
    concluded([(0.9, 0.3)])
    assert erase(one).counts["pairs"] == 1
    assert Pair.objects.get().challenger_score == 0.3
    assert PairLink.objects.count() == 1


def test_a_day_is_packed_when_its_windows_are_closed(concluded, settings, moderator):
    concluded([(0.1, 0.8)])
    concluded([(0.9, 0.8)])
    decide(moderator, claim_next(moderator), "approve")
    day = Pair.objects.first().day
    after = datetime.combine(day + timedelta(days=1), time(), UTC) + timedelta(hours=settings.LINK_HOURS)
    assert days.settle_pairs(after - links.SLOT) == 0
    links.close_windows(after)
    assert PairLink.objects.count() == 0
    assert days.settle_pairs(after) == 2
    assert days.settle_pairs(after) == 0
    block = Block.objects.get()
    found = pairs("face", block.champion_id, block.challenger_id)
    assert sorted(found.label) == [-1, 0]
    assert found.slices["market"][1] == ("",)  # two are too few to be told by their market


def test_ids_are_random(concluded):
    concluded([(0.1, 0.8)])
    assert UUID(str(Pair.objects.get().id)).version == 4
