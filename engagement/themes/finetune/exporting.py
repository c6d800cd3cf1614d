"""From trained weights to what serves: one ONNX from bytes to calibrated probabilities, run and compared first."""

import io
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import torch
from torch import nn

from engagement.themes import sheet
from engagement.themes.finetune.backbones import Network
from engagement.themes.network_head import INPUT, KIND, OUTPUT

AGREES = 1e-3  # largest difference of a probability between torch and ONNX


class _Served(nn.Module):
    """uint8 (n, side, side, 3) -> probabilities (n, themes)."""

    def __init__(self, network: Network, temperature: float) -> None:
        super().__init__()
        self.network, self.temperature = network, temperature

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return torch.softmax(self.network(pixels.permute(0, 3, 1, 2)) / self.temperature, 1)


def to_onnx(network: Network, side: int, temperature: float) -> bytes:
    """Raises RuntimeError when what was exported does not say what the network says."""
    model = _Served(network.cpu().eval(), temperature).eval()
    rng = np.random.default_rng(7)
    slope = np.linspace(0, 255, side, dtype=np.float32)
    sample = (slope[None, :, None, None] + slope[None, None, :, None]) / 2 + rng.normal(0, 60, (3, side, side, 3))
    pixels = np.clip(sample, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Constant folding")  # of a slice; nothing is lost
        wanted = model(torch.from_numpy(pixels)).numpy()
        torch.onnx.export(
            model,
            (torch.from_numpy(pixels),),
            buffer,  # type: ignore[arg-type]  # a file that is open is fine
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes={INPUT: {0: "n"}, OUTPUT: {0: "n"}},
            opset_version=17,
            dynamo=False,
        )
    raw = buffer.getvalue()
    found = ort.InferenceSession(raw, providers=["CPUExecutionProvider"]).run([OUTPUT], {INPUT: pixels})[0]
    difference = float(np.abs(found - wanted).max())
    if not difference <= AGREES:
        raise RuntimeError(f"The exported network differs from torch by {difference:.2g} (allowed {AGREES}).")
    return raw


def write(
    folder: Path,
    raw: bytes,
    themes: Sequence[str],
    prior: Sequence[float],
    *,
    backbone: str,
    version: str,
    thresholds: Mapping[str, float],
    metrics: Mapping[str, Any],
    data: str,
    made_by: str,
) -> sheet.Sheet:
    """network.onnx and network.json: what the classifier's picture side loads (THEME_HEADS, or `evaluate --model`)."""
    return sheet.keep(
        folder,
        KIND,
        ".onnx",
        raw,
        name="theme-picture-network",
        version=version,
        encoder=backbone,
        themes=tuple(themes),
        thresholds=dict(thresholds),
        made_by=f"{made_by}, {datetime.now(UTC):%Y-%m-%d}",
        data=data,
        metrics=dict(metrics),
        prior=tuple(round(float(share), 5) for share in prior),
    )
