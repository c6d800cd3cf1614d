"""Champion and challengers look side by side; whatever a challenger does, the answer is the champion's and in time."""

import time
from uuid import UUID, uuid4

import numpy as np
import pytest
from PIL import Image

from brickmod.web.metrics import HEADS_DROPPED
from featurestore.heads import serving as serving_now
from featurestore.heads.head import Head
from featurestore.heads.models import AlertKind, Alias, HeadAlert, Serving
from featurestore.heads.serving import serving
from moderation.detectors import registry
from moderation.detectors.base import Card, Finding, Picture
from moderation.intake.models import Part, Submission
from moderation.prefilter import canary, challengers, executor, faults
from moderation.prefilter.flow import Step
from moderation.prefilter.looking import PartLook, SubmissionLook
from tests import heads

DIM = 3
MOST_MS = 1000
STEPS = [Step("toy", "image", "detect", "", "reject", 5000)]


class Toy:
    """Its heads read the mean colour. A picture is looked at once, however many heads judge it."""

    card = Card("toy", "shipped", "image", "toy", "for a test", "", "", view="picture")
    looks = 0

    def load(self) -> None: ...

    def head(self) -> Head:
        return heads.head(heads.steady(DIM, 0.2), DIM, "enc-1", version="shipped")

    def reads(self) -> str:
        return "enc-1"

    def look_many(self, parts):
        raise AssertionError("the executor splits the look")

    def see_many(self, parts):
        type(self).looks += len(parts)
        return [np.asarray(part.image, np.float32).mean((0, 1)) / 255 for part in parts]

    def judge(self, part, seen, head, threshold):
        score = float(head.score(seen[None])[0])
        bad = score >= threshold
        return Finding(
            "toy",
            "reject" if bad else "pass",
            score,
            threshold,
            "bad_picture" if bad else "",
            inputs={self.reads(): seen[None]},
        )


@pytest.fixture(autouse=True)
def toy(monkeypatch):
    registry.list_detectors()
    monkeypatch.setitem(registry._classes, "toy", Toy)
    registry.get_detector.cache_clear()
    monkeypatch.setattr(challengers, "_faults", faults.Faults())
    monkeypatch.setattr(challengers, "CHALLENGERS_MS", 400)  # a busy machine's leave
    monkeypatch.setattr(challengers, "CHALLENGERS_AT_MOST_MS", MOST_MS)
    monkeypatch.setattr(serving_now, "_heads", {})  # a test database counts its ids from 1 again
    monkeypatch.setattr(serving_now, "_broken", {})
    monkeypatch.setattr(Toy, "looks", 0)
    yield
    registry.get_detector.cache_clear()


def look(pictures: int = 1) -> SubmissionLook:
    submission = Submission(id=uuid4(), audit=False)
    parts = [
        PartLook(
            Part(id=uuid4(), submission=submission, kind="image", position=n),
            [Picture(Image.new("RGB", (8, 8), "white"))],
        )
        for n in range(pictures)
    ]
    return SubmissionLook(submission, parts)


def served(*others, champion=0.2):
    """The champion says `champion` of everything; then challengers, given as ONNX files or (file, canary share)."""
    made = [heads.served(1, heads.head(heads.steady(DIM, champion), DIM, "enc-1", version="one"), Alias.CHAMPION)]
    aliases = (Alias.CHALLENGER, Alias.SECOND, Alias.THIRD)
    for n, (other, alias) in enumerate(zip(others, aliases, strict=False)):
        raw, share = other if isinstance(other, tuple) else (other, 0.0)
        head = raw if isinstance(raw, Head) else heads.head(raw, DIM, "enc-1", version=f"other-{n}")
        made.append(heads.served(2 + n, head, alias, share))
    return {"toy": tuple(made)}


def run(looks: list[SubmissionLook], steps: list[Step], served: dict) -> challengers.Heads:
    made = challengers.Heads(served)
    executor.run(looks, steps, made)
    return made


def scores(look: SubmissionLook) -> list[float]:
    return [round(made.finding.score, 3) for part in look.parts for made in part.made]


def dropped(why: str, version: str = "other-0") -> float:
    return HEADS_DROPPED.labels(task="toy", version=version, why=why)._value.get()


def test_many_heads_share_one_look_and_the_champion_counts():
    one, two = look(2), look()
    others = [heads.steady(DIM, p) for p in (0.9, 0.1, 0.6)]
    run([one, two], STEPS, served(*others))
    assert Toy.looks == 3
    for part in one.parts + two.parts:
        (made,) = part.made
        assert (made.version, made.alias, made.finding.verdict) == ("one", "champion", "pass")
        assert [(b.served.alias, round(b.finding.score, 3)) for b in part.beside] == [
            ("challenger", 0.9),
            ("challenger-2", 0.1),
            ("challenger-3", 0.6),
        ]
        pairs = part.compared()
        assert [(a.served.version, b.served.version) for a, b in pairs] == [("one", f"other-{n}") for n in range(3)]
        assert part.seen == {}
        assert [(encoder, view) for encoder, view, _ in part.vectors] == [("enc-1", "picture")]
    assert not one.settled


def test_without_anybody_serving_the_shipped_head_judges_and_there_is_nothing_to_compare():
    mine = look()
    run([mine], STEPS, {})
    (made,) = mine.parts[0].made
    assert (made.version, made.alias, made.served.id) == ("shipped", "champion", 0)
    assert mine.parts[0].compared() == []


class Hanging(Head):
    """Never comes back to Python's caller."""

    def score(self, vectors, options=None):
        while True:
            time.sleep(0.001)


class Asleep(Head):
    """Cannot even be interrupted until it wakes."""

    def score(self, vectors, options=None):
        time.sleep(2)
        return np.zeros(len(vectors), np.float32)


def hanging(kind=Hanging):
    raw = heads.steady(DIM, 0.9)
    return kind(raw, heads.sheet(raw, DIM, "enc-1", version="other-0"))


BAD = {
    "crashes": (lambda: heads.crashing(DIM), "raised"),
    "turns in a loop of its graph": (lambda: heads.endless(DIM), "slow"),
    "hangs in Python": (hanging, "slow"),
    "sleeps": (lambda: hanging(Asleep), "slow"),
    "reads another encoder": (lambda: heads.head(heads.steady(DIM, 0.9), DIM, "enc-2", version="other-0"), "encoder"),
    "reads too much": (lambda: heads.head(heads.steady(7, 0.9), 7, "enc-1", version="other-0"), "dim"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_challenger_changes_no_answer_and_takes_nothing_from_the_good_one(kind):
    make, why = BAD[kind]
    before = dropped(why)
    mine, plain = look(2), look(2)
    run([plain], STEPS, served())
    run([mine], STEPS, served(make(), heads.steady(DIM, 0.9)))
    assert scores(mine) == scores(plain) == [0.2, 0.2]
    assert [[b.served.version for b in part.beside] for part in mine.parts] == [["other-1"], ["other-1"]]
    assert dropped(why) == before + 1


def test_a_batch_waits_no_longer_than_its_budget_even_for_three_that_hang():
    looks = [look(3) for _ in range(4)]
    started = time.monotonic()
    run(looks, STEPS, served(*[heads.endless(DIM)] * 3))
    graces = 3 * 40
    assert (time.monotonic() - started) * 1000 < MOST_MS + graces + 1500  # a busy machine's leave
    assert all(scores(one) == [0.2] * 3 for one in looks)
    assert all(part.beside == [] for one in looks for part in one.parts)


def test_after_three_failures_it_is_left_alone_for_a_while_and_then_tried_again(monkeypatch):
    clock = [0.0]
    memory = faults.Faults(lambda: clock[0])
    monkeypatch.setattr(challengers, "_faults", memory)
    who = served(heads.crashing(DIM))
    before = dropped("raised")
    for _ in range(5):
        run([look()], STEPS, who)
    assert dropped("raised") == before + faults.IN_A_ROW
    clock[0] += faults.OFF_SECONDS + 1
    for _ in range(3):
        run([look()], STEPS, who)
    assert dropped("raised") == before + faults.IN_A_ROW + 1
    clock[0] += faults.OFF_SECONDS + 1
    good = served(heads.steady(DIM, 0.9))
    run([look()], STEPS, good)  # the same version works again: what it did is forgiven
    run([look()], STEPS, who)
    assert not memory.off(2)


def test_one_whose_thread_does_not_end_is_not_asked_a_second_time():
    who = served(hanging(Asleep))
    run([look()], STEPS, who)
    before = dropped("slow")
    run([look()], STEPS, who)
    assert dropped("slow") == before


def test_a_champion_that_cannot_read_what_is_seen_is_replaced_by_the_shipped_head():
    mine = look()
    wrong = heads.served(1, heads.head(heads.steady(DIM, 0.9), DIM, "enc-2", version="one"), Alias.CHAMPION)
    run([mine], STEPS, {"toy": (wrong,)})
    assert mine.parts[0].made[0].version == "shipped"
    assert dropped("encoder", "one") == 1


def test_a_challenger_s_rejection_settles_nothing():
    class Last:
        card = Card("last", "1", "image", "last", "", "", "")

        def load(self): ...

        def look_many(self, parts):
            return [Finding("last", "pass", 0.0, 0.5) for _ in parts]

    registry._classes["last"] = Last
    try:
        mine = look()
        run([mine], [*STEPS, Step("last", "image", "detect", "", "keep", 500)], served(heads.steady(DIM, 0.99)))
    finally:
        del registry._classes["last"]
    assert mine.parts[0].beside[0].finding.verdict == "reject"
    assert not mine.settled
    assert not mine.doubtful
    assert [made.finding.detector for made in mine.parts[0].made] == ["toy", "last"]


# -- canary ------------------------------------------------------------------------------------------------------
def test_the_draw_is_what_it_was_when_it_was_written_down():
    """Anybody can work it out again: SHA-256 of "id:task", its first eight bytes as a share of 2**64."""
    id = UUID("6f1c0f2e-7c1d-4a53-9a43-0b3f5b6c7d8e")
    assert canary.draw(id, "face") == pytest.approx(0.47653815438191377)
    assert canary.draw(id, "profanity") == pytest.approx(0.2659905107971989)


def test_shares_lie_side_by_side_and_hold():
    who = served((heads.steady(DIM, 0.9), 0.1), (heads.steady(DIM, 0.9), 0.25))["toy"]
    ids = [UUID(int=n * 7919) for n in range(20_000)]
    found = [canary.chosen(id, "toy", who) for id in ids]
    for id, one in zip(ids, found, strict=True):
        number = canary.draw(id, "toy")
        assert one == (who[1] if number < 0.1 else who[2] if number < 0.35 else None)
    assert sum(one == who[1] for one in found) == pytest.approx(2000, abs=5 * 43)
    assert sum(one == who[2] for one in found) == pytest.approx(5000, abs=5 * 62)
    both = [canary.draw(id, "toy") < 0.1 and canary.draw(id, "face") < 0.1 for id in ids]
    assert sum(both) == pytest.approx(200, abs=5 * 14)


def test_in_the_canary_s_share_the_challenger_counts_and_says_so():
    who = served((heads.steady(DIM, 0.9), 0.5), heads.steady(DIM, 0.3))
    looks = [look() for _ in range(40)]
    run(looks, STEPS, who)
    shared = [one for one in looks if canary.draw(one.submission.id, "toy") < 0.5]
    assert 0 < len(shared) < 40
    for one in looks:
        (part,) = one.parts
        (made,) = part.made
        mine = one in shared
        assert (made.version, made.alias) == (("other-0", "challenger") if mine else ("one", "champion"))
        assert one.settled == mine
        assert [b.served.version for b in part.beside] == (["one", "other-1"] if mine else ["other-0", "other-1"])
        assert [(a.served.version, b.served.version) for a, b in part.compared()] == [
            ("one", "other-0"),
            ("one", "other-1"),
        ]


@pytest.mark.parametrize("kind", ["crashes", "turns in a loop of its graph"])
def test_a_canary_that_fails_leaves_the_word_to_the_champion(kind):
    looks = [look() for _ in range(20)]
    run(looks, STEPS, served((BAD[kind][0](), 0.5)))
    assert all(one.parts[0].made[0].alias == "champion" for one in looks)
    assert all(scores(one) == [0.2] for one in looks)


# -- who serves --------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_promotion_is_served_by_the_next_batch_and_no_batch_by_half_of_each(monkeypatch):
    heads.serve(heads.steady(DIM, 0.2), DIM, "enc-1", Alias.CHAMPION, version="1")
    judge, asked = Toy.judge, []

    def promoting(self, part, seen, head, threshold):
        if not asked:  # in the middle of the batch
            heads.serve(heads.steady(DIM, 0.7), DIM, "enc-1", Alias.CHAMPION, version="2", threshold=0.6)
        asked.append(head.sheet.version)
        return judge(self, part, seen, head, threshold)

    monkeypatch.setattr(Toy, "judge", promoting)
    batch, following = [look(2), look()], look()
    run(batch, STEPS, serving())
    assert [scores(one) for one in batch] == [[0.2, 0.2], [0.2]]
    run([following], STEPS, serving())
    assert scores(following) == [0.7]
    assert asked == ["1", "1", "1", "2"]


@pytest.mark.django_db
@pytest.mark.parametrize("alias", [Alias.CHAMPION, Alias.CHALLENGER])
def test_a_broken_file_is_left_out_and_counted(alias):
    heads.serve(heads.steady(DIM, 0.3), DIM, "enc-1", Alias.CHAMPION, version="good")
    row = heads.serve(heads.steady(DIM, 0.9), DIM, "enc-1", alias, version="broken")
    type(row).objects.filter(id=row.id).update(onnx=b"cut short")
    before = dropped("broken", "broken")
    for _ in range(2):
        mine = look()
        run([mine], STEPS, serving())
        assert scores(mine) == [0.3 if alias == Alias.CHALLENGER else 0.2]
        assert mine.parts[0].beside == []
    assert dropped("broken", "broken") == before + 2


@pytest.mark.django_db
def test_who_was_retired_is_asked_no_more_and_a_threshold_is_obeyed():
    heads.serve(heads.steady(DIM, 0.4), DIM, "enc-1", Alias.CHAMPION, version="1", threshold=0.5)
    heads.serve(heads.steady(DIM, 0.9), DIM, "enc-1", version="2")
    Serving.objects.filter(alias=Alias.CHAMPION).update(threshold=0.3)
    mine = look()
    run([mine], STEPS, serving())
    assert (mine.parts[0].made[0].finding.verdict, mine.parts[0].made[0].finding.threshold) == ("reject", 0.3)
    assert len(mine.parts[0].beside) == 1
    Serving.objects.filter(alias=Alias.CHALLENGER).delete()
    mine = look()
    run([mine], STEPS, serving())
    assert mine.parts[0].beside == []


@pytest.mark.django_db
def test_somebody_is_told_once_a_challenger_fails_and_of_slowness_when_it_comes_again():
    for n in range(2):
        run([look()], STEPS, served(heads.crashing(DIM), heads.endless(DIM))).tell()
        alerts = {alert.version: alert for alert in HeadAlert.objects.all()}
        assert list(alerts) == ["other-0"], n
    run([look()], STEPS, served(heads.crashing(DIM), heads.endless(DIM))).tell()
    alerts = {alert.version: alert for alert in HeadAlert.objects.all()}
    assert set(alerts) == {"other-0", "other-1"}
    assert (alerts["other-0"].times, alerts["other-0"].kind) == (3, AlertKind.CHALLENGER_FAILS)
    assert "INVALID_ARGUMENT" in alerts["other-0"].says
    assert alerts["other-1"].says.endswith("It is left alone for 10 minutes.")
