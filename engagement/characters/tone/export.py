"""Writes the tone head as a head is: head.onnx and its sheet."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from featurestore.heads.head import Head, HeadSheet


class Probability(nn.Module):
    """What is exported: x -> p."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.network(x))


def export(
    network: nn.Module,
    folder: Path,
    encoder: str,
    threshold: float,
    metrics: dict[str, Any],
    sample: NDArray[np.float32],
) -> None:
    """Write both files; what ONNX says of `sample` must be what torch says."""
    whole = Probability(network).eval()
    target = folder / "head.onnx"
    torch.onnx.export(
        whole,
        (torch.from_numpy(sample[:2]),),
        str(target),
        input_names=["x"],
        output_names=["p"],
        dynamic_axes={"x": {0: "n"}, "p": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )
    sheet = HeadSheet(
        task="tone",
        version="1",
        encoder=encoder,
        dim=sample.shape[1],
        threshold=threshold,
        sha256=hashlib.sha256(target.read_bytes()).hexdigest(),
        made_by="python -m engagement.characters.tone.train",
        data="our own lines in 26 languages",
        metrics=metrics,
    )
    (folder / "head.json").write_text(json.dumps(asdict(sheet), indent=1) + "\n", "utf-8")
    with torch.inference_mode():
        apart = np.abs(Head.read(folder).score(sample) - whole(torch.from_numpy(sample)).numpy()).max()
    if not apart < 1e-4:
        raise RuntimeError(f"The exported head differs from torch by {apart:.2g}.")
