"""One sweep counts everything, and a page never counts."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from featurestore.overview import actions
from featurestore.overview.models import DriftTest, Snapshot
from featurestore.overview.sweeping import Sample, sweep
from featurestore.store import get_store
from tests.features import TODAY

pytestmark = pytest.mark.django_db


def test_counts_agree_with_what_was_put(filled):
    swept = sweep(get_store(), TODAY)
    assert swept.by_encoder == {("image@1", "picture"): 160, ("text@1", "text"): 1}
    assert swept.by_market == {"DK": 121, "DE": 40}
    assert swept.by_day[TODAY] == 6
    assert sum(swept.by_day.values()) == 161
    # The second look stands over the moderator; what was withdrawn counts nowhere.
    assert swept.labels["face", "no", "second_look"] == 1
    assert sum(swept.labels.values()) == 159
    assert sum(swept.labels_by_day.values()) == 159


def test_measuring_keeps_counts_tests_and_maps_and_may_be_done_twice(filled):
    actions.measure(TODAY)
    actions.measure(TODAY)
    counts, coverage = Snapshot.objects.get(kind="counts"), Snapshot.objects.get(kind="coverage")
    assert counts.made_at is not None
    assert counts.data["markets"] == [["DK", 121], ["DE", 40]]
    [drawn] = coverage.data["maps"]  # of one text nothing can be drawn
    assert len(drawn["at"]) == 160
    assert sum(point[2] for point in drawn["at"]) == 159
    vectors = DriftTest.objects.get(what="vectors")
    assert vectors.figure > 0.8
    assert vectors.p < 0.01
    assert set(DriftTest.objects.filter(what="labels").values_list("subject", flat=True)) == {"face: no", "face: yes"}


def test_no_id_of_a_feature_is_kept(filled):
    actions.measure(TODAY)
    kept = " ".join(str(row.data) for row in Snapshot.objects.all())
    assert not any(id.hex in kept or str(id) in kept for id in filled)


def test_one_asks_for_all(db, settings):
    assert actions.want_newer()
    assert not actions.want_newer()
    assert not actions.want_newer(now=True)  # asked for a moment ago
    Snapshot.objects.update(asked_at=timezone.now() - timedelta(minutes=5), made_at=timezone.now())
    assert not actions.want_newer()  # fresh
    assert actions.want_newer(now=True)
    Snapshot.objects.update(asked_at=None, made_at=timezone.now() - timedelta(hours=2))
    assert actions.want_newer()


def test_a_sample_is_fair_and_bounded():
    taken = np.zeros(50)
    for seed in range(400):
        sample = Sample(10, np.random.default_rng(seed))
        for start in range(0, 50, 20):
            keys = np.array([bytes([n + 1]) * 16 for n in range(start, min(start + 20, 50))], "S16")
            sample.show(np.zeros((len(keys), 2), np.float32), keys)
        assert len(sample.x) == len(sample.keys) == 10
        for key in sample.keys:
            taken[key[0] - 1] += 1
    assert taken.min() > 45  # 80 expected, standard deviation 8
    assert taken.max() < 115
