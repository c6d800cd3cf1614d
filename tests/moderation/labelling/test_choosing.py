"""What is asked first."""

import numpy as np
import pytest

from featurestore.store import get_store
from moderation.labelling.asking import OPEN, choose
from moderation.labelling.choosing import mix, nearest, strangeness
from moderation.labelling.models import Question
from moderation.prefilter.models import FeatureLink, Finding, Unsettled


def test_far_from_every_cluster_is_strange():
    rng = np.random.default_rng(0)
    known = np.concatenate([rng.normal(size=(50, 3)), rng.normal(size=(50, 3)) + 30]).astype(np.float32)
    x = np.array([[0, 0, 0], [30, 30, 30], [15, 15, 15]], np.float32)
    beside, other, between = strangeness(x, known)
    assert max(beside, other) < 2
    assert between > 5


def test_neighbours_by_distance():
    place, far = nearest(np.zeros((1, 2), np.float32), np.array([[3, 4], [1, 0], [0, 2]], np.float32), k=2)
    assert place.tolist() == [[1, 2]]
    assert far.tolist() == [[1, 2]]


def test_reasons_are_mixed_by_weight_and_nobody_is_taken_twice():
    ranked = {"a": list(range(1000)), "b": list(range(999, -1, -1)), "c": list(range(1000))}
    taken = mix(ranked, {"a": 60, "b": 40, "c": 0}, 400, np.random.default_rng(0))
    assert len({one for one, _ in taken}) == 400
    shares = [sum(why == name for _, why in taken) for name in "abc"]
    assert abs(shares[0] - 240) < 40
    assert shares[2] == 0
    assert {one for one, why in taken if why == "a"} == set(range(shares[0]))  # the best of each


def test_a_reason_without_candidates_leaves_its_share():
    taken = mix({"a": [], "b": [1, 2, 3]}, {"a": 90, "b": 10}, 10, np.random.default_rng(0))
    assert [one for one, _ in taken] == [1, 2, 3]
    assert mix({"a": [1]}, {"a": 0}, 10, np.random.default_rng(0)) == []


pytestmark = pytest.mark.django_db


def test_the_nearest_to_the_threshold_comes_first(task, part):
    task.uncertain, task.unseen, task.random, task.blind = 100, 0, 0, False
    parts = {score: part(score) for score in (0.1, 0.61, 0.9)}
    part()  # never looked at: nothing is known of how sure a head is
    assert choose(task, seed=1) == 3
    assert Question.objects.get(part=parts[0.61]).why == "uncertain"
    assert choose(task, seed=2) == 0  # each is asked about once


def test_heads_that_disagree(task, part):
    task.uncertain, task.disagreeing, task.unseen, task.random = 0, 100, 0, 0
    calm, torn = part(0.2), part(0.2)
    for one, score in ((calm, 0.25), (torn, 0.9)):
        finding = one.findings.get()
        Finding.objects.create(
            part=one, detector="face", model_version="2", alias="challenger", verdict="pass",
            score=score, threshold=0.6, ms=1,
        )  # fmt: skip
        assert finding.alias == "champion"
    choose(task, seed=1)
    assert set(Question.objects.values_list("why", flat=True)) == {"disagreeing"}


def test_what_is_unlike_all_that_is_labelled(task, part, settled):
    task.uncertain, task.unseen, task.random, task.blind = 0, 100, 0, False
    parts = [part() for _ in range(3)]
    assert choose(task, seed=1) == 3
    assert {q.part_id for q in Question.objects.filter(why="unseen")} == {one.id for one in parts}


def test_no_link_no_part_and_no_text_for_a_picture_task(task, part):
    task.blind = False
    gone = part()
    FeatureLink.objects.filter(part=gone).delete()
    assert choose(task, seed=1) == 0


def test_features_without_a_part_are_asked_by_their_neighbours(task, settled):
    Unsettled.objects.create(feature=settled[49], view="picture", market="DK", day="2026-01-01")
    task.unseen, task.random = 100, 0
    assert choose(task, seed=1) == 49  # what may still be erased must not lie here
    question = Question.objects.get(feature=settled[48])
    assert question.part_id is None
    assert len(question.near) == 5
    assert {tuple(row[:2]) for row in question.near} == {("no", "moderator")}
    assert all(row[2] > 10 for row in question.near)
    asked = Question.objects.get(feature=settled[0])
    assert all(row[2] > 0 for row in asked.near)  # not itself


def test_no_more_than_five_pages_lie_ready(task, part):
    for _ in range(OPEN + 5):
        part()
    assert choose(task, seed=1) == OPEN
    assert choose(task, seed=2) == 0


def test_an_empty_store_and_no_uploads_is_nothing_to_ask(task):
    assert get_store().encoders() == {}
    assert choose(task) == 0
