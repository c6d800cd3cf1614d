"""What a trained network says of pictures that it has not seen, and how sure it may be: one temperature."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from torch import nn

from engagement.themes import measures
from engagement.themes.finetune.augment import Squash
from engagement.themes.finetune.processes import Crew
from engagement.themes.finetune.shards import Index
from engagement.themes.finetune.stream import each_once
from engagement.themes.text_head import softmax

COLDEST, HOTTEST = 0.2, 10.0


@dataclass(frozen=True)
class Said:
    """`logits` (n, themes) and the theme of each picture, as a number."""

    logits: NDArray[np.float64]
    theme: NDArray[np.intp]


def said(network: nn.Module, index: Index, themes: Sequence[str], side: int, batch: int, crew: Crew) -> Said:
    """Of every picture whose theme is one of `themes`, in the index's order by process."""
    look = Squash(side)
    rows, truth = [], []
    with torch.inference_mode():
        for pixels, slugs in each_once(index, look, batch, crew.rank, crew.world):
            rows.append(network(pixels.to(crew.device)).float().cpu().numpy())
            truth += slugs
    mine = np.concatenate(rows) if rows else np.zeros((0, len(themes)), np.float32)
    everybodys = crew.gather((mine, truth))
    logits = np.concatenate([part for part, _ in everybodys]).astype(np.float64)
    slugs = [slug for _, part in everybodys for slug in part]
    known = np.array([slug in themes for slug in slugs], bool)
    numbers = [list(themes).index(slug) for slug in slugs if slug in themes]
    return Said(logits[known], np.array(numbers, np.intp))


def temperature(of: Said) -> float:
    """What logits are divided by so that probabilities come true most nearly (least log loss).

    After Guo et al., "On Calibration of Modern Neural Networks", 2017. 1 where nothing was said.
    """
    if not len(of.theme):
        return 1.0

    def log_loss(log_t: float) -> float:
        p = softmax(of.logits / np.exp(log_t))
        return float(-np.log(p[np.arange(len(p)), of.theme].clip(1e-12)).mean())

    found = minimize_scalar(log_loss, bounds=(np.log(COLDEST), np.log(HOTTEST)), method="bounded")
    return float(np.exp(found.x))


def figures(of: Said, themes: Sequence[str], t: float) -> tuple[dict[str, Any], dict[str, float]]:
    """(summary, thresholds) of an exam. The temperature was fitted on the same pictures: one number on many."""
    p = softmax(of.logits / t)
    right = p.argmax(1) == of.theme
    return measures.summary(themes, p, of.theme), measures.thresholds(p.max(1), right)
