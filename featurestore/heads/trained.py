"""What training hands to the registry. Apart from training itself, which loads torch: pages and beat do without it."""

from dataclasses import dataclass
from typing import Any

from featurestore.heads.head import HeadSheet

Curve = list[tuple[int, float, float | None]]
Figure = tuple[float, float, float]


@dataclass(frozen=True)
class Trained:
    """`onnx`: the file; `sheet`: without a version; `metrics`: name -> (value, low, high) on the exam; `curve`: (round
    or epoch, objective of training, log loss of validation), both with balanced answers; `data`: the manifest, JSON
    types alone; `card`: Markdown."""

    onnx: bytes
    sheet: HeadSheet
    metrics: dict[str, Figure]
    curve: Curve
    data: dict[str, Any]
    card: str
