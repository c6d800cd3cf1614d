"""Writes a head in the form that head.py reads: scaling, layers and calibration in one ONNX file."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from featurestore.heads.calibration import MIX, Calibration
from featurestore.heads.head import HeadSheet

# Weight (inputs, outputs) and bias (outputs,); between layers max(0, .), the last has one output: the logit.
Layers = Sequence[tuple[NDArray[np.floating], NDArray[np.floating]]]


def write_head(layers: Layers, calibration: Calibration, sheet: dict[str, Any]) -> tuple[bytes, HeadSheet]:
    """(head.onnx, its sheet). `sheet` is a HeadSheet without dim and sha256. Equal input gives equal bytes."""
    if len(layers) == 1 and calibration.knots is None:
        weight, bias = layers[0]
        layers, calibration = (
            [(weight * calibration.scale, bias * calibration.scale + calibration.shift)],
            Calibration(),
        )
    graph = _Graph()
    at = "x"
    for n, (weight, bias) in enumerate(layers):
        name = str(n) if len(layers) > 1 else ""
        at = graph.add("Gemm", [at, graph.hold(f"weight{name}", weight), graph.hold(f"bias{name}", bias)], f"z{name}")
        if n < len(layers) - 1:
            at = graph.add("Relu", [at], f"h{name}")
    raw = graph.finish(_calibrated(graph, at, calibration), len(layers[0][0]))
    return raw, HeadSheet(**sheet, dim=len(layers[0][0]), sha256=hashlib.sha256(raw).hexdigest())


def write_logistic(folder: Path, weight: NDArray[np.floating], bias: float, sheet: dict[str, Any]) -> HeadSheet:
    """Write head.onnx (p = sigmoid(x . weight + bias)) and head.json; `sheet` is a HeadSheet without dim and sha256.

    Scaling of inputs and calibration are linear too: the caller folds them into `weight` (dim,) and `bias`.
    """
    raw, whole = write_head([(np.reshape(weight, (-1, 1)), np.array([bias]))], Calibration(), sheet)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "head.onnx").write_bytes(raw)
    (folder / "head.json").write_text(json.dumps(asdict(whole), indent=1, ensure_ascii=False) + "\n")
    return whole


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.held: list[onnx.TensorProto] = []

    def add(self, kind: str, inputs: list[str], output: str, **options: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], **options))
        return output

    def hold(self, name: str, value: NDArray[Any]) -> str:
        value = np.ascontiguousarray(value, value.dtype if value.dtype == np.int64 else np.float32)
        self.held.append(numpy_helper.from_array(value, name))
        return name

    def finish(self, last: str, dim: int) -> bytes:
        self.add("Squeeze", [last, self.hold("axis", np.array([1], np.int64))], "p")
        x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", dim])
        p = helper.make_tensor_value_info("p", TensorProto.FLOAT, ["n"])
        graph = helper.make_graph(self.nodes, "head", [x], [p], self.held)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model, full_check=True)
        return model.SerializeToString(deterministic=True)


def _calibrated(graph: _Graph, z: str, calibration: Calibration) -> str:
    """The output that is the probability (n, 1) of the logit `z` (n, 1)."""
    t = z
    if (calibration.scale, calibration.shift) != (1.0, 0.0):
        scaled = graph.add("Mul", [z, graph.hold("scale", np.array([calibration.scale]))], "scaled")
        t = graph.add("Add", [scaled, graph.hold("shift", np.array([calibration.shift]))], "shifted")
    smooth = graph.add("Sigmoid", [t], "q")
    if calibration.knots is None:
        return smooth
    at, height = calibration.knots
    level = np.array([height[0]])
    curve = graph.hold("level", level)
    if len(at) > 1:
        # Each piece adds its rise, as far as z has come through it.
        passed = graph.add("Sub", [z, graph.hold("from", at[:-1])], "passed")
        share = graph.add("Div", [passed, graph.hold("width", np.diff(at))], "share")
        ends = [graph.hold("none", np.array(0.0)), graph.hold("all", np.array(1.0))]
        inside = graph.add("Clip", [share, *ends], "inside")
        risen = graph.add("MatMul", [inside, graph.hold("rise", np.diff(height).reshape(-1, 1))], "risen")
        curve = graph.add("Add", [risen, "level"], "curve")
    parts = [
        graph.add("Mul", [smooth, graph.hold("mix", np.array([MIX]))], "smooth"),
        graph.add("Mul", [curve, graph.hold("rest", np.array([1 - MIX]))], "bent"),
    ]
    return graph.add("Add", parts, "both")
