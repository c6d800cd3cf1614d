"""The model for a device: under its budget or refused, small without saying other things, measured with intervals."""

import json

import numpy as np
import onnx
import pytest
import torch
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from engagement.themes.device import budget, figures, quantising
from engagement.themes.device.pictures import read
from engagement.themes.finetune import backbones, exporting
from engagement.themes.network_head import NetworkHead


@given(st.integers(1, 10**6))
def test_sizes_are_read_as_they_are_written(number):
    assert budget.parse(f"{number}") == budget.parse(f"{number} B") == number
    assert budget.parse(f"{number}kb") == number * 1000
    assert budget.parse(f"{number}KiB") == number * 1024


def test_what_cannot_fit_is_refused_in_a_sentence():
    assert budget.parse("3.5MB") == 3_500_000
    assert budget.parse("3.5MiB") == 3_670_016
    for text in ("", "many", "3,5MB", "0MB", "-1MB"):
        with pytest.raises(ValueError, match="is no size"):
            budget.parse(text)
    with pytest.raises(budget.TooLarge, match=r"more than the 3\.50 MB allowed"):
        budget.check_possible("efficientnet-lite2", 4_800_000, 3_500_000)
    with pytest.raises(budget.TooLarge, match=r"takes 3\.60 MB"):
        budget.check_size("x", 3_600_000, 3_500_000)


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 4), st.integers(8, 60), st.integers(0, 99))
def test_intervals_hold_what_was_found(themes, n, seed):
    rng = np.random.default_rng(seed)
    theme, figure = rng.integers(0, themes, n), rng.integers(0, max(2, n // 3), n)
    p = rng.dirichlet(np.ones(themes), n)
    slugs = [f"t{at}" for at in range(themes)]
    told = figures.report(slugs, p, theme, figure)
    low, high = told["accuracy_interval"]
    assert 0 <= low <= high <= 1
    assert low - 1e-3 <= told["accuracy"] <= high + 1e-3 or n < 20
    assert set(told["per_class_interval"]) == {slugs[at] for at in set(theme.tolist())}
    same = figures.difference(p, p, theme, figure)
    assert (same["accuracy_difference"], same["interval"], same["same_answer"]) == (0, [0, 0], 1)


def test_pictures_of_one_figure_count_as_one_draw():
    """Ten figures of eight pictures that stand and fall together are as unsure as ten pictures, not as eighty."""
    theme = np.zeros(80, int)
    p = np.zeros((80, 2))
    p[:, 0] = np.repeat(np.arange(10) < 7, 8)
    p[:, 1] = 1 - p[:, 0]
    together = figures.report(["a", "b"], p, theme, np.repeat(np.arange(10), 8))["accuracy_interval"]
    apart = figures.report(["a", "b"], p, theme, np.arange(80))["accuracy_interval"]
    assert together[1] - together[0] > 2 * (apart[1] - apart[0])


def test_eight_bits_say_the_same():
    """Weights alone: a quarter of the size, and no probability moves much. The network is one with real weights."""
    network = backbones.Network(backbones.start("efficientnet-lite0"), 3, 0.0)
    torch.nn.init.normal_(network.head.weight, 0, 0.3, torch.Generator().manual_seed(0))
    rng = np.random.default_rng(0)
    raw = exporting.to_onnx(network, 32, 1.0)
    pixels = rng.integers(0, 256, (6, 32, 32, 3), np.uint8)
    small = quantising.weights_only(raw)
    before, after = (quantising.probabilities(one, pixels) for one in (raw, small))
    assert len(small) < 0.3 * len(raw)
    assert np.abs(before - after).max() < 0.15
    assert any(node.op_type == "DequantizeLinear" for node in onnx.load_from_string(small).graph.node)


@pytest.fixture
def folder(tmp_path):
    """Six figures a theme, two pictures each: the theme is a colour on grounds that differ."""
    for theme, colour in (("castle", "gray"), ("train", "red")):
        (tmp_path / "pictures" / theme).mkdir(parents=True)
        for figure in range(6):
            for turn in range(2):
                picture = Image.new("RGB", (96, 80), (200, 190, 30 * figure))
                ImageDraw.Draw(picture).rectangle((20 + 5 * turn, 15, 70, 65), fill=colour)
                picture.save(tmp_path / "pictures" / theme / f"{theme}_{figure}_{turn}.png")
    return tmp_path / "pictures"


def test_pictures_of_one_figure_are_never_parted(folder):
    pictures = read([folder])
    assert (len(pictures.kept), pictures.themes, pictures.kinds) == (24, ("castle", "train"), ("pictures",))
    assert np.bincount(pictures.figure).tolist() == [2] * 12
    with pytest.raises(ValueError, match="At least two themes"):
        read([folder], ["castle"])


@pytest.mark.models
def test_the_command_makes_one_file_under_the_budget(models, folder, tmp_path, capsys):
    out = tmp_path / "device"
    more = ["--side", "32", "--epochs", "8", "--folds", "2", "--out", str(out)]
    call_command("export_theme_model", "--images", str(folder), "--budget", "3.5MB", *more)
    told = json.loads(capsys.readouterr().out)
    raw = (out / "network.onnx").read_bytes()
    assert len(raw) == told["bytes"] <= 3_500_000
    assert [path.name for path in sorted(out.iterdir())] == ["network.json", "network.onnx"]
    measured = told["measured"]["pictures"]
    assert measured["server"]["accuracy"] == 1.0
    assert measured["device"]["accuracy"] >= 0.75
    assert measured["device"]["figures"] == 12
    assert set(measured["device"]["per_class_interval"]) == {"castle", "train"}
    assert told["ms_per_picture"]["device"] > 0
    head = NetworkHead(out)
    assert head.sheet.metrics["measured"] == told["measured"]
    assert head.look(Image.new("RGB", (90, 90), "red")).sum() == pytest.approx(1)


def test_the_command_refuses_before_it_trains(tmp_path):
    with pytest.raises(CommandError, match="no quantising makes it fit"):
        call_command("export_theme_model", "--images", str(tmp_path), "--budget", "1MB")
    with pytest.raises(CommandError, match="is no size"):
        call_command("export_theme_model", "--images", str(tmp_path), "--budget", "small")
