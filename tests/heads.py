"""Real heads for tests: ONNX graphs that score, crash or never end, and the rows that let them serve."""

import hashlib
from dataclasses import asdict

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from featurestore.heads.head import Head, HeadSheet
from featurestore.heads.models import Alias, HeadVersion, Serving
from featurestore.heads.serving import Served

FOR_EVER = 10**12  # rounds of a loop: minutes at least


def steady(dim: int, p: float) -> bytes:
    """Says `p` of everything."""
    bias = np.log(p / (1 - p))
    return _file(
        [
            helper.make_node("Gemm", ["x", "weight", "bias"], ["z"]),
            helper.make_node("Sigmoid", ["z"], ["q"]),
            helper.make_node("Squeeze", ["q", "axis"], ["p"]),
        ],
        dim,
        weight=np.zeros((dim, 1), np.float32),
        bias=np.array([bias], np.float32),
        axis=np.array([1], np.int64),
    )


def crashing(dim: int) -> bytes:
    """Is read without complaint, and fails whenever it is asked: it wants dimension 10 of two."""
    return _file(
        [
            helper.make_node("ReduceMean", ["x"], ["mean"], axes=[1], keepdims=0),
            helper.make_node("Shape", ["x"], ["shape"]),
            helper.make_node("Gather", ["shape", "place"], ["none"]),
            helper.make_node("Cast", ["none"], ["float"], to=TensorProto.FLOAT),
            helper.make_node("Add", ["mean", "float"], ["p"]),
        ],
        dim,
        place=np.array(10, np.int64),
    )


def endless(dim: int) -> bytes:
    """Turns in a Loop of the graph, in native code, for minutes."""
    body = helper.make_graph(
        [
            helper.make_node("Add", ["value", "value"], ["sum"]),
            helper.make_node("Sigmoid", ["sum"], ["next"]),
            helper.make_node("Identity", ["go"], ["on"]),
        ],
        "round",
        [
            helper.make_tensor_value_info("n", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("value", TensorProto.FLOAT, ["n"]),
        ],
        [
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", TensorProto.FLOAT, ["n"]),
        ],
    )
    return _file(
        [
            helper.make_node("ReduceMean", ["x"], ["mean"], axes=[1], keepdims=0),
            helper.make_node("Loop", ["rounds", "true", "mean"], ["p"], body=body),
        ],
        dim,
        rounds=np.array(FOR_EVER, np.int64),
        true=np.array(True),
    )


def _file(nodes: list, dim: int, **constants: np.ndarray) -> bytes:
    graph = helper.make_graph(
        nodes,
        "head",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", dim])],
        [helper.make_tensor_value_info("p", TensorProto.FLOAT, ["n"])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def sheet(
    raw: bytes, dim: int, encoder: str, version: str = "1", threshold: float = 0.5, task: str = "toy"
) -> HeadSheet:
    return HeadSheet(
        task, version, encoder, dim, threshold, hashlib.sha256(raw).hexdigest(), "a test", "none", {}, "picture"
    )


def head(raw: bytes, dim: int, encoder: str, **fields) -> Head:
    return Head(raw, sheet(raw, dim, encoder, **fields))


def served(id: int, head: Head, alias: str = Alias.CHALLENGER, canary: float = 0.0) -> Served:
    return Served(id, head.sheet.task, head.sheet.version, alias, head, head.sheet.threshold, canary)


def serve(raw: bytes, dim: int, encoder: str, alias: str = Alias.CHALLENGER, **fields) -> HeadVersion:
    """A version in the database that serves under this alias, in place of who did."""
    said = sheet(raw, dim, encoder, **fields)
    row = HeadVersion.objects.create(
        task=said.task, version=said.version, encoder=encoder, view=said.view, onnx=raw, sheet=asdict(said)
    )
    Serving.objects.update_or_create(task=said.task, alias=alias, defaults={"head": row})
    return row
