"""Makes head.onnx and head.json: from the multilingual encoder's vector of a sentence to the chance that it is kind.

    python -m engagement.characters.tone.train --models var/models

Measured on languages that were held out, five groups in turn: what stands of each language in the figures was said by a
head that never read a line of it. Then fitted once on all of them.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from engagement.characters.phrases import languages
from engagement.characters.tone.examples import HERE, Line, all_lines
from engagement.characters.tone.export import export
from featurestore.encoders.base import TextEncoder
from featurestore.encoders.text import load

Array = NDArray[np.float32]
GROUPS = 5
LOWEST = 0.02  # share of kind sentences that may be called unkind: a person can say them otherwise


class Network(nn.Module):
    """(n, dim) -> logits (n,). Linear: a bend would learn the languages."""

    mean: torch.Tensor

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(dim))
        self.line = nn.Linear(dim, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        logit: torch.Tensor = self.line((x - self.mean) * 10.0)
        return logit[:, 0]


def fit(x: Array, y: Array, weight: Array, seed: int = 7, epochs: int = 60) -> Network:
    """Both sides weigh the same, whatever their number."""
    torch.manual_seed(seed)
    network = Network(x.shape[1])
    network.mean.copy_(torch.from_numpy(x.mean(0)))
    balance = np.where(y > 0.5, weight / weight[y > 0.5].sum(), weight / weight[y < 0.5].sum()) * len(y) / 2
    inputs, wanted, counts = torch.from_numpy(x), torch.from_numpy(y), torch.from_numpy(balance.astype(np.float32))
    optimiser = torch.optim.AdamW(network.parameters(), lr=0.02, weight_decay=0.05)
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(256):
            loss = nn.functional.binary_cross_entropy_with_logits(network(inputs[batch]), wanted[batch], counts[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return network.eval()


def said_by(network: Network, x: Array) -> Array:
    with torch.inference_mode():
        return np.asarray(torch.sigmoid(network(torch.from_numpy(x))).numpy(), np.float32)


def held_out(lines: Sequence[Line], x: Array, y: Array, weight: Array) -> Array:
    """p of each line by a head that read no line of its language."""
    group = {language: number % GROUPS for number, language in enumerate(languages())}
    groups = np.array([group[line.language] for line in lines])
    p = np.zeros(len(lines), np.float32)
    for number in range(GROUPS):
        inside = groups != number
        p[~inside] = said_by(fit(x[inside], y[inside], weight[inside]), x[~inside])
    return p


def measured(lines: Sequence[Line], p: Array, y: Array, threshold: float) -> dict[str, float | int]:
    """`own`: lines.txt alone, which is what the head is for: kind against neutral, sneering, ordering, disappointed."""
    from sklearn.metrics import roc_auc_score

    own = np.array([line.own for line in lines])
    right = (p >= threshold) == (y > 0.5)
    of = np.array([line.language for line in lines])
    worst = min(float(roc_auc_score(y[rows], p[rows])) for rows in (own & (of == one) for one in languages()))
    return {
        "lines": len(lines),
        "auc": round(float(roc_auc_score(y, p)), 4),
        "auc_own": round(float(roc_auc_score(y[own], p[own])), 4),
        "auc_own_worst_language": round(worst, 4),
        "kind_passed": round(float(right[y > 0.5].mean()), 4),
        "own_kind_passed": round(float(right[own & (y > 0.5)].mean()), 4),
        "others_stopped": round(float(right[y < 0.5].mean()), 4),
        "own_others_stopped": round(float(right[own & (y < 0.5)].mean()), 4),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=Path, required=True, help="where prepare_models put the encoders")
    parser.add_argument("--cache", type=Path, help="file that keeps the vectors between runs")
    parser.add_argument("--folder", type=Path, default=HERE)
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    encoder = load(options.models)
    lines = all_lines()
    x = _vectors(encoder, [line.text for line in lines], options.cache)
    y = np.array([line.kind for line in lines], np.float32)
    weight = np.array([line.weight for line in lines], np.float32)
    p = held_out(lines, x, y, weight)
    threshold = round(float(np.quantile(p[y > 0.5], LOWEST)), 4)
    metrics = measured(lines, p, y, threshold)
    export(fit(x, y, weight), options.folder, encoder.version, threshold, metrics, x[::10])
    print(json.dumps(metrics | {"threshold": threshold}, indent=1))  # noqa: T201


def _vectors(encoder: TextEncoder, texts: list[str], cache: Path | None) -> Array:
    if cache and cache.exists() and len(kept := np.load(cache)) == len(texts):
        return np.asarray(kept, np.float32)
    x = np.concatenate([encoder.encode(texts[at : at + 64]) for at in range(0, len(texts), 64)])
    if cache:
        np.save(cache, x)
    return np.asarray(x, np.float32)


if __name__ == "__main__":
    main()
