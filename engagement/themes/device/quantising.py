"""From numbers of four bytes to numbers of one: two ways, and which of them changed less of what a network says.

`static`: weights and activations in eight bits (QDQ), ranges of activations from pictures: small, and fast on devices
that count in bytes. `weights`: only what is stored is in eight bits, reckoning stays in floats: as small, as slow as
before, and nearly exact. Networks that were made for it (EfficientNet-Lite: bounded activations) bear the first.
"""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

from engagement.themes.network_head import INPUT, OUTPUT

LEAST_AGREEMENT = 0.97  # of pictures whose first theme stays the same; below it the faster way is not worth it
_SMALL = 1024  # numbers; a tensor of fewer stays as it is


class Quantised(NamedTuple):
    """`agreement`: share of pictures whose first theme is the same as before; `shift`: mean change of a probability."""

    way: str
    raw: bytes
    agreement: float
    shift: float


class _Pictures(CalibrationDataReader):
    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        self._rows: Iterator[NDArray[np.uint8]] = iter(pixels)

    def get_next(self) -> dict[str, Any] | None:
        row = next(self._rows, None)
        return None if row is None else {INPUT: row[None]}


def static(raw: bytes, pixels: NDArray[np.uint8]) -> bytes:
    """QDQ, eight bits, a scale for each channel of weights; `pixels` (n, side, side, 3) set the ranges."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "float.onnx", Path(folder) / "int8.onnx"
        before.write_bytes(raw)
        told = logging.root.manager.disable
        logging.disable(logging.WARNING)  # it has a line to say of every channel
        try:
            quantize_static(
                before,
                after,
                _Pictures(pixels),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=["Conv", "Gemm", "Add"],
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                calibrate_method=CalibrationMethod.MinMax,
            )
        finally:
            logging.disable(told)
        return after.read_bytes()


def weights_only(raw: bytes) -> bytes:
    """Every large tensor of weights as eight-bit numbers with a scale for each of its first axis."""
    model = onnx.load_from_string(raw)
    graph = model.graph
    uses = {name for node in graph.node if node.op_type in ("Conv", "Gemm", "MatMul") for name in node.input[1:2]}
    kept, made = [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.name not in uses or values.dtype != np.float32 or values.size < _SMALL:
            kept.append(tensor)
            continue
        flat = np.abs(values).reshape(values.shape[0], -1).max(1)
        scale = np.where(flat > 0, flat / 127, 1).astype(np.float32)
        small = np.round(values / scale.reshape(-1, *[1] * (values.ndim - 1))).astype(np.int8)
        parts = (f"{tensor.name}_int8", f"{tensor.name}_scale", f"{tensor.name}_zero")
        zero = helper.make_tensor(parts[2], TensorProto.INT8, scale.shape, bytes(len(scale)), raw=True)
        kept += [numpy_helper.from_array(small, parts[0]), numpy_helper.from_array(scale, parts[1]), zero]
        made.append(helper.make_node("DequantizeLinear", parts, [tensor.name], axis=0))
    nodes = [*made, *graph.node]
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def probabilities(raw: bytes, pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(n, themes) that a network says."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(raw, options, providers=["CPUExecutionProvider"])
    return np.concatenate([session.run([OUTPUT], {INPUT: row[None]})[0] for row in pixels]).astype(np.float64)


def smallest(raw: bytes, pixels: NDArray[np.uint8], ways: Sequence[str] = ("static", "weights")) -> list[Quantised]:
    """Both ways, the one to take first: `static` where it says the same, else the one that changed less."""
    before = probabilities(raw, pixels)
    found = []
    for way in ways:
        small = static(raw, pixels) if way == "static" else weights_only(raw)
        after = probabilities(small, pixels)
        agreement = float((after.argmax(1) == before.argmax(1)).mean())
        found.append(Quantised(way, small, agreement, float(np.abs(after - before).mean())))
    return sorted(found, key=lambda one: (one.way != "static" or one.agreement < LEAST_AGREEMENT, one.shift))
