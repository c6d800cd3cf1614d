"""A head is trained, chosen, calibrated and examined on rows that know nothing of each other."""

import json
from dataclasses import replace

import numpy as np
import pytest

from featurestore.heads.head import Head
from featurestore.heads.training import CannotTrain, exam_difference, score_exam, train_head
from tests.featurestore.heads.sets import simulated


@pytest.fixture(scope="module")
def trained():
    data, splits = simulated(1500)
    told = []
    made = train_head("toy", "picture", data, splits, tell=lambda *said: told.append(said))
    return data, splits, made, told


def test_a_head_finds_what_can_be_found_and_says_how_sure(trained):
    data, splits, made, _ = trained
    value, low, high = made.metrics["auc"]
    assert low < value < high
    assert value > 0.9
    assert made.metrics["calibration_error"][0] < 0.1
    assert score_exam(Head(made.onnx, made.sheet), data, splits) == made.metrics


def test_the_sheet_the_manifest_and_the_card_say_what_it_is(trained):
    data, splits, made, told = trained
    assert (made.sheet.task, made.sheet.view, made.sheet.encoder, made.sheet.version) == ("toy", "picture", "enc-1", "")
    assert json.loads(json.dumps(made.data))["splits"]["exam"]["positive"] == int(
        ((splits == "exam") & (data.y == "yes")).sum()
    )
    assert "# Head: toy" in made.card
    assert [said[0] for said in told] == sorted(said[0] for said in told)
    assert told[-1][0] == 1.0
    assert made.curve[-1][1] < made.curve[0][1]


def test_twice_the_same_data_makes_the_same_bytes(trained):
    data, splits, made, _ = trained
    again = train_head("toy", "picture", data, splits)
    assert again.onnx == made.onnx
    assert again.sheet == made.sheet
    assert train_head("toy", "picture", data, splits, seed=1).sheet.metrics != made.sheet.metrics


def test_what_cannot_be_learned_is_said_in_a_sentence():
    data, splits = simulated(300)
    with pytest.raises(CannotTrain, match=r"toy has 0 labels 'yes' and \d+ others to learn from"):
        train_head("toy", "picture", replace(data, chance=np.tile(np.float32([1, 0]), (300, 1))), splits)
    with pytest.raises(CannotTrain, match="0 labels 'yes' and 0 others in the exam"):
        train_head("toy", "picture", data, np.where(splits == "exam", "train", splits))
    with pytest.raises(CannotTrain, match="near-duplicates"):
        train_head("toy", "picture", replace(data, x=np.where(data.y[:, None] == "yes", data.x[:1], data.x)), splits)


def test_a_network_is_taken_where_it_wins_and_only_there():
    bent, splits = simulated(3000, 8, bent=True)
    network = train_head("toy", "picture", bent, splits)
    assert network.data["kind"] == "mlp"
    straight, straight_splits = simulated(3000, 8)
    assert train_head("toy", "picture", straight, straight_splits).data["kind"] == "logistic"
    logistic = train_head("toy", "picture", bent, splits, kind="logistic")
    heads = [Head(made.onnx, made.sheet) for made in (network, logistic)]
    for measure in ("f1", "auc", "log_loss"):
        value, low, high = exam_difference(*heads, bent, splits, measure=measure)
        assert 0 < low < value < high
        assert exam_difference(*heads[::-1], bent, splits, measure=measure)[0] == pytest.approx(-value)
