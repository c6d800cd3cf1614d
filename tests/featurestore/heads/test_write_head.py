"""A head that was written is read back as it was meant, or not at all."""

import ast
import itertools
import json
import re
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from featurestore.encoders.base import ModelMissing
from featurestore.heads.calibration import Calibration, isotonic
from featurestore.heads.head import Head, HeadSheet
from featurestore.heads.write import write_head, write_logistic

SHEET = {
    "task": "toy",
    "version": "1",
    "encoder": "enc-1",
    "threshold": 0.5,
    "made_by": "a test",
    "data": "none",
    "metrics": {},
}
NUMBERS = st.floats(-3, 3, width=32)


@given(arrays(np.float32, 5, elements=NUMBERS), arrays(np.float32, (4, 5), elements=NUMBERS), NUMBERS)
def test_a_head_is_the_logistic_function_of_its_weights(tmp_path_factory, weight, x, bias):
    folder = tmp_path_factory.mktemp("head")
    write_logistic(folder, weight, bias, SHEET)
    head = Head.read(folder, "enc-1")
    np.testing.assert_allclose(head.score(x), 1 / (1 + np.exp(-(x @ weight + bias))), atol=1e-5)
    assert head.score(x[:0]).shape == (0,)
    assert head.sheet.dim == 5


def test_another_encoder_or_another_file_is_refused(tmp_path):
    write_logistic(tmp_path, np.ones(3), 0, SHEET)
    with pytest.raises(ModelMissing, match="reads enc-1, not enc-2"):
        Head.read(tmp_path, "enc-2")
    sheet = json.loads((tmp_path / "head.json").read_text())
    (tmp_path / "head.json").write_text(json.dumps(sheet | {"sha256": "0" * 64}))
    with pytest.raises(ModelMissing, match="its sheet says 000000000000"):
        Head.read(tmp_path, "enc-1")


def by_torch(layers, calibration, x):
    z = torch.from_numpy(x)
    for n, (weight, bias) in enumerate(layers):
        z = z @ torch.from_numpy(weight) + torch.from_numpy(bias)
        z = torch.relu(z) if n < len(layers) - 1 else z
    return calibration(z[:, 0].numpy())


@pytest.mark.parametrize("hidden", [(), (8,), (8, 4)])
@pytest.mark.parametrize("way", ["none", "temperature", "isotonic", "one knot"])
def test_the_file_says_what_torch_says(hidden, way):
    rng = np.random.default_rng(len(hidden))
    sizes = (20, *hidden, 1)
    layers = [
        (rng.normal(size=pair).astype(np.float32) / 2, rng.normal(size=pair[1]).astype(np.float32))
        for pair in itertools.pairwise(sizes)
    ]
    z = rng.normal(size=800) * 3
    calibration = {
        "none": Calibration(),
        "temperature": Calibration(0.4, -1.5),
        "isotonic": isotonic(z, (rng.random(800) < np.where(z > 0, 0.8, 0.1)).astype(float)),
        "one knot": Calibration(1.0, 0.0, (np.array([0.3]), np.array([0.5]))),
    }[way]
    raw, sheet = write_head(layers, calibration, SHEET)
    x = rng.normal(size=(500, 20)).astype(np.float32)
    np.testing.assert_allclose(
        Head(raw, HeadSheet(**asdict(sheet))).score(x), by_torch(layers, calibration, x), atol=1e-5
    )
    assert write_head(layers, calibration, SHEET)[0] == raw
    assert sheet.dim == 20


def test_no_head_is_read_or_written_by_pickle():
    folder = Path(__file__).parents[3] / "featurestore" / "heads"
    for file in folder.rglob("*.py"):
        found = {
            name.name if isinstance(node, ast.Import) else node.module
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in node.names
        }
        assert not found & {"pickle", "joblib", "dill", "cloudpickle"}, file
        assert not re.search(r"torch\.(load|save)\b|allow_pickle", file.read_text()), file
