"""Pairs are kept, labelled, forgotten and packed; what is read is the same before and after, but for the order."""

from datetime import date, timedelta

import numpy as np
import pytest

from featurestore.compare import actions
from featurestore.compare.blocks import BrokenBlock
from featurestore.compare.models import Block, Pair
from featurestore.compare.reading import compared, milliseconds, pairs
from featurestore.privacy.settling import K

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 14)


def many(pair, champion, challenger, count=50, day=DAY) -> list[Pair]:
    """Different from each other in every number."""
    made = [
        pair(
            champion,
            challenger,
            day=day,
            market="DK" if n % 2 else "DE",
            language="da" if n else "el",
            device=["ios", "android"][n % 2],
            champion_score=round(n / count, 3),
            challenger_score=round(1 - n / count, 3),
            champion_hit=n > 30,
            challenger_hit=n < 10,
            label=[None, True, False][n % 3],
            stratum="seen" if n < 25 else "audit" if n < 30 else "disputed" if n < 40 else "agreed",
            chance=1.0 if n < 25 else 0.069,
            champion_ms=n / 10,
        )
        for n in range(count)
    ]
    actions.keep(made)
    return made


def lines(found) -> list[tuple]:
    """Each row as a tuple, in the order of the champion's scores."""
    names = {name: [words[code] for code in codes] for name, (codes, words) in found.slices.items()}
    strata = [found.strata[code] for code in found.stratum]
    numbers = (found.a_score, found.b_score, found.a_hit, found.b_hit, found.label, found.chance, found.day)
    rows = zip(*(n.tolist() for n in numbers), strata, names["market"], names["device"], strict=True)
    return sorted(rows)


def test_live_and_packed_are_read_alike(heads, pair):
    champion, challenger = heads()
    many(pair, champion, challenger)
    before = pairs("face", champion.id, challenger.id)
    slow = milliseconds("face", champion.id, challenger.id)
    assert len(before) == 50
    assert lines(before)[1] == (
        pytest.approx(0.02),
        pytest.approx(0.98),
        False,
        True,
        1,
        1.0,
        DAY,
        "seen",
        "DK",
        "android",
    )
    assert actions.seal_day(DAY) == 50
    assert (Pair.objects.count(), Block.objects.get().count) == (0, 50)
    after = pairs("face", champion.id, challenger.id)
    assert lines(after) == lines(before)
    assert {name: getattr(after, name).dtype for name in ("a_score", "a_hit", "label", "chance", "stratum", "day")} == {
        "a_score": np.float32,
        "a_hit": np.bool_,
        "label": np.int8,
        "chance": np.float32,
        "stratum": np.int8,
        "day": np.dtype("datetime64[D]"),
    }
    assert list(after.a_score) != list(before.a_score)  # 1 in 50! by chance
    for old, new in zip(slow, milliseconds("face", champion.id, challenger.id), strict=True):
        np.testing.assert_allclose(sorted(old), sorted(new))
    # One row alone was Greek; nineteen others hide it.
    codes, names = after.slices["language"]
    assert (names, int((codes == 0).sum())) == (("", "da"), K)


def test_days_and_heads_are_kept_apart(heads, pair):
    champion, challenger, third = heads("face", 3)
    many(pair, champion, challenger)
    many(pair, champion, challenger, 30, DAY + timedelta(1))
    many(pair, champion, third, 20)
    actions.seal_day(DAY)
    assert len(pairs("face", champion.id, challenger.id)) == 80
    assert len(pairs("face", champion.id, challenger.id, since=DAY + timedelta(1))) == 30
    assert len(pairs("face", champion.id, third.id)) == 20
    assert len(pairs("profanity", champion.id, challenger.id)) == 0
    assert [(c.challenger_id, c.count, c.first, c.last) for c in compared("face")] == [
        (challenger.id, 80, DAY, DAY + timedelta(1)),
        (third.id, 20, DAY, DAY),
    ]
    assert compared("profanity") == []
    assert len(compared()) == 2


def test_a_label_is_told_and_taken_back(heads, pair):
    champion, challenger = heads()
    one, two = pair(champion, challenger), pair(champion, challenger)
    actions.keep([one, two])
    assert actions.label([one.id], True) == 1
    assert sorted(pairs("face", champion.id, challenger.id).label) == [-1, 1]
    actions.label([one.id], None)
    assert sorted(pairs("face", champion.id, challenger.id).label) == [-1, -1]
    assert actions.forget([one.id, two.id]) == 2
    assert actions.forget([one.id]) == actions.label([one.id], True) == 0


def test_what_comes_late_joins_its_day(heads, pair):
    champion, challenger = heads()
    many(pair, champion, challenger)
    actions.seal_day(DAY)
    actions.keep([pair(champion, challenger, champion_score=0.999)])
    assert len(pairs("face", champion.id, challenger.id)) == 50  # not twice what is packed in this moment
    assert actions.seal_day(DAY) == 1
    assert actions.seal_day(DAY) == 0
    assert len(pairs("face", champion.id, challenger.id)) == Block.objects.get().count == 51


def test_a_crash_between_packing_and_deleting_changes_nothing(heads, pair, monkeypatch):
    champion, challenger = heads()
    many(pair, champion, challenger)
    with monkeypatch.context() as patch:
        patch.setattr(actions, "_AT_ONCE", 20)
        deletions = []

        def die(*args, **kwargs):
            deletions.append(1)
            if len(deletions) == 2:
                raise SystemExit("killed")
            return deleted(*args, **kwargs)

        deleted = type(Pair.objects.all()).delete
        patch.setattr(type(Pair.objects.all()), "delete", die)
        with pytest.raises(SystemExit):
            actions.seal_day(DAY)
    assert (Pair.objects.count(), Block.objects.count()) == (50, 0)
    assert actions.seal_day(DAY) == 50
    assert len(pairs("face", champion.id, challenger.id)) == 50


@pytest.mark.django_db(transaction=True)
def test_two_who_pack_at_once_pack_once(at_once, heads, pair):
    champion, challenger = heads()
    many(pair, champion, challenger)
    assert sorted(at_once(*(lambda: actions.seal_day(DAY) for _ in range(3)))) == [0, 0, 50]
    assert (Pair.objects.count(), Block.objects.get().count) == (0, 50)


def test_a_broken_block_is_told_with_its_day(heads, pair):
    champion, challenger = heads()
    many(pair, champion, challenger)
    actions.seal_day(DAY)
    Block.objects.update(sha256="0" * 64)
    with pytest.raises(BrokenBlock, match="The pairs of 2026-03-14 cannot be read"):
        pairs("face", champion.id, challenger.id)
    actions.keep([pair(champion, challenger)])
    with pytest.raises(BrokenBlock):
        actions.seal_day(DAY)
    assert Pair.objects.count() == 1
