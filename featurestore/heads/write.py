"""Writes a linear head in the form that head.py reads."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from featurestore.heads.head import HeadSheet


def write_logistic(folder: Path, weight: NDArray[np.floating], bias: float, sheet: dict[str, Any]) -> HeadSheet:
    """Write head.onnx (p = sigmoid(x . weight + bias)) and head.json; `sheet` is a HeadSheet without dim and sha256.

    Scaling of inputs and calibration are linear too: the caller folds them into `weight` (dim,) and `bias`.
    """
    column = np.ascontiguousarray(weight, np.float32).reshape(-1, 1)
    graph = helper.make_graph(
        [
            helper.make_node("Gemm", ["x", "weight", "bias"], ["z"]),
            helper.make_node("Sigmoid", ["z"], ["q"]),
            helper.make_node("Squeeze", ["q", "axis"], ["p"]),
        ],
        "head",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", len(column)])],
        [helper.make_tensor_value_info("p", TensorProto.FLOAT, ["n"])],
        [
            numpy_helper.from_array(column, "weight"),
            numpy_helper.from_array(np.array([bias], np.float32), "bias"),
            numpy_helper.from_array(np.array([1], np.int64), "axis"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    raw = model.SerializeToString()
    whole = HeadSheet(**sheet, dim=len(column), sha256=hashlib.sha256(raw).hexdigest())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "head.onnx").write_bytes(raw)
    (folder / "head.json").write_text(json.dumps(asdict(whole), indent=1, ensure_ascii=False) + "\n")
    return whole
