"""A head that was written is read back as it was meant, or not at all."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from featurestore.encoders.base import ModelMissing
from featurestore.heads.head import Head
from featurestore.heads.write import write_logistic

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
