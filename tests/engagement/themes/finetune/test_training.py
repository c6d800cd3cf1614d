"""The training itself: killed and gone on, alone and in company, and what comes out of it serves."""

import json
import multiprocessing
import os
import signal
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from brickmod.run.environment import free_port
from engagement.themes import measures
from engagement.themes.classifier import picture_side
from engagement.themes.finetune import checkpoint, exam
from engagement.themes.finetune.__main__ import main, parted
from engagement.themes.finetune.loop import WEIGHTS, Training, loss_of
from engagement.themes.finetune.processes import Crew, crew
from engagement.themes.finetune.recipe import Recipe
from engagement.themes.finetune.shards import BrokenShards
from engagement.themes.finetune.waiting import Waiting
from engagement.themes.network_head import NetworkHead
from featurestore.encoders.base import ModelMissing

SMALL = ["--backbone", "mobilenet-v3-small", "--side", "32", "--batch", "5", "--accumulate", "2", "--epochs", "2"]
SMALL += ["--precision", "bf16", "--rate", "0.01", "--checkpoint-minutes", "0", "--report-seconds", "0"]


def arguments(index, held_out, out, *more):
    return ["--shards", index.folder, "--validation", held_out.folder, "--out", out, *SMALL, *more]


def start(told, *, rank=0, world=1, port="", kill_at=0):
    """A process of its own that trains as the command does, and with `kill_at` ends by kill -9 in the middle of that
    checkpoint. Forked: loading torch anew takes longer than all of these trainings."""
    process = multiprocessing.get_context("fork").Process(
        target=_train, args=(list(map(str, told)), rank, world, port, kill_at)
    )
    process.start()
    return process


def _train(told, rank, world, port, kill_at):
    # What torchrun sets.
    os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(world)}
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    replace, saves = os.replace, 0

    def cut(source, target):
        nonlocal saves
        saves += Path(target).name == checkpoint.NAME
        if kill_at and saves == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        replace(source, target)

    checkpoint.os.replace = cut
    main(told)


def together(told, kill_at=0):
    """Exit codes of two processes that train together."""
    port = str(free_port())
    processes = [start(told, rank=rank, world=2, port=port, kill_at=0 if rank else kill_at) for rank in (0, 1)]
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


@pytest.fixture(scope="module")
def undisturbed(index, held_out, tmp_path_factory):
    out = tmp_path_factory.mktemp("undisturbed")
    main(list(map(str, arguments(index, held_out, out, "--workers", "2"))))
    return out


def test_killed_in_the_middle_it_ends_with_the_same_bytes(index, held_out, undisturbed, tmp_path):
    more = arguments(index, held_out, tmp_path, "--workers", "2")
    killed = start(more, kill_at=3)
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    there = checkpoint.load(tmp_path)
    assert there is not None
    assert there["step"] == 2
    assert not (tmp_path / WEIGHTS).exists()
    main(list(map(str, more)))
    for name in (WEIGHTS, "network.onnx"):
        assert (tmp_path / name).read_bytes() == (undisturbed / name).read_bytes(), name


def test_of_two_processes_one_is_killed_and_they_end_with_the_same_bytes(index, held_out, tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert together(arguments(index, held_out, whole)) == [0, 0]
    first, second = together(arguments(index, held_out, cut), kill_at=3)
    assert first == -signal.SIGKILL
    assert second != 0  # the other one does not train on alone
    assert checkpoint.load(cut)["step"] == 2
    assert together(arguments(index, held_out, cut)) == [0, 0]
    assert (cut / WEIGHTS).read_bytes() == (whole / WEIGHTS).read_bytes()
    assert json.loads((cut / "network.json").read_text())["metrics"]["processes"] == 2


def test_what_comes_out_serves_and_a_changed_file_does_not(undisturbed, held_out):
    head = picture_side(undisturbed)
    assert isinstance(head, NetworkHead)
    p = head.look_many([Image.new("RGB", (50, 30), colour) for colour in ("gray", "red", "white")])
    assert p.shape == (3, 2)
    assert p.sum(1) == pytest.approx(1)
    assert head.sheet.themes == ("castle", "train")
    assert head.sheet.prior == (0.5, 0.5)
    assert set(head.sheet.thresholds) == {f"{risk:.2f}" for risk in measures.RISKS}
    figures = head.sheet.metrics
    assert (figures["n"], figures["pictures"], figures["steps"]) == (12, 44, 9)
    assert 0 <= figures["waited_for_data"] <= 1
    lines = [json.loads(line) for line in (undisturbed / "curve.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [*range(1, 10), 9]
    assert {"loss", "starved", "pictures_per_second", "learning_rate"} <= set(lines[0])
    path = undisturbed / "network.onnx"
    raw = path.read_bytes()
    try:
        path.write_bytes(raw[:-1])
        with pytest.raises(ModelMissing, match="not what its sheet says"):
            NetworkHead(undisturbed)
    finally:
        path.write_bytes(raw)


def test_it_learns(index, held_out, tmp_path):
    """From weights of a package: drawn castles and trains that it has not seen."""
    recipe = Recipe(backbone="efficientnet-lite0", side=32, epochs=5, batch=4, rate=2e-3, augment="none")
    with crew(1) as us:
        trained = Training(recipe, index, tmp_path, us).run()
        of = exam.said(trained.network.eval(), held_out, index.themes, 32, 16, us)
    assert (of.logits.argmax(1) == of.theme).mean() > 0.9


def test_accumulated_steps_are_one_large_step(index, tmp_path):
    gradients = []
    for name, batch, accumulate in (("large", 12, 1), ("parts", 4, 3)):
        (tmp_path / name).mkdir()
        shape = {"batch": batch, "accumulate": accumulate, "norm": "frozen", "dropout": 0.0}
        with crew(1) as us:
            training = Training(Recipe("mobilenet-v3-small", side=32, epochs=1, **shape), index, tmp_path / name, us)
            torch.nn.init.ones_(training.network.head.weight[0])  # so that the trunk has a gradient too
            training.total = 1
            training.run()
        gradients.append([state["exp_avg"] for state in training.optimizer.state.values()])
    assert len(gradients[0]) > 100
    for one, other in zip(*gradients, strict=True):
        assert torch.allclose(one, other, atol=1e-6, rtol=1e-3)


def test_a_checkpoint_of_something_else_is_refused_and_a_broken_one_passed_over(undisturbed, index, held_out, tmp_path):
    with pytest.raises(SystemExit, match="other settings"):
        main(list(map(str, arguments(index, held_out, undisturbed, "--workers", "2", "--seed", "8"))))
    for name, step in (("a", 1), ("b", 2)):
        checkpoint.save(tmp_path, {"step": step, "name": name})
    newest = tmp_path / checkpoint.NAME
    newest.write_bytes(newest.read_bytes()[:-7])
    assert checkpoint.load(tmp_path) == {"step": 1, "name": "a"}


def test_a_teachers_opinion_counts_beside_the_label():
    recipe = Recipe(hard=0.0, temperature=2.0)
    soft = torch.tensor([[0.7, 0.2, 0.1]])
    agrees, theme = soft.log(), torch.tensor([2])
    at_its_best = loss_of(agrees, theme, soft, recipe, True)
    for other in (torch.zeros(1, 3), 2 * agrees, agrees.flip(1)):
        assert loss_of(other, theme, soft, recipe, True) > at_its_best
    unlabelled = loss_of(agrees, torch.tensor([-1]), soft, Recipe(hard=0.9), True)
    assert unlabelled == pytest.approx(loss_of(agrees, theme, soft, recipe, True))


def test_one_temperature_makes_probabilities_come_true():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 3)) * 2
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    theme = np.array([rng.choice(3, p=row) for row in p])
    assert exam.temperature(exam.Said(logits * 3, theme)) == pytest.approx(3, rel=0.1)


def test_waiting_is_measured(monkeypatch):
    """A clock of its own: 1 s a batch to load, 3 s to compute."""
    now = [100.0]
    monkeypatch.setattr("time.perf_counter", lambda: now[0])

    def slow():
        while True:
            now[0] += 1
            yield "batch"

    waiting = Waiting(slow())
    for _ in range(5):
        next(waiting)
        now[0] += 3
    assert (waiting.waited, waiting.total) == (4, 19)
    assert waiting.share == pytest.approx(4 / 19)


def test_one_shard_cannot_train_and_examine(index):
    assert [part.pictures for part in parted(index)] == [42, 2]
    with pytest.raises(BrokenShards, match="One shard"):
        parted(index.cut(slice(0, 1)))
    assert Crew(0, 1, torch.device("cpu")).gather("me") == ["me"]
