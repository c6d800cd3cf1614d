"""Makes head.onnx and head.json: from tweets, templates and our own lines to the probability that a text is rude.

    python -m moderation.detectors.profanity.train --tweets tweets_en.csv --multi multi_*.csv --models var/models

What is trained on must allow that a model made from it is shipped; training_data.SOURCES names what was taken. A text
belongs to a part by a hash of its letters alone, so near copies stay together and the held-out part (`--holdout 0.25`,
parts of 64) is the same on every run: it is measured on and never trained on. The head is fitted five times on four
fifths to choose thresholds and to calibrate, then once on all of it.
"""

import argparse
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from featurestore.heads.head import Head, HeadSheet
from moderation.detectors.profanity.training_data import (
    PARTS,
    SOURCES,
    Array,
    Encoded,
    Row,
    read_multi,
    read_own,
    read_tweets,
)
from moderation.detectors.profanity.votes import NAMES, inputs_of

FOLDER = Path(__file__).parent
_FOLDS = 5


class Network(nn.Module):
    """(n, dim + votes) -> logits (n,). A hidden layer on the vector; what the lists say is added to its answer."""

    mean: torch.Tensor
    spread: torch.Tensor
    slope: torch.Tensor
    shift: torch.Tensor

    def __init__(self, dim: int, hidden: int = 96) -> None:
        super().__init__()
        self.dim = dim
        self.register_buffer("mean", torch.zeros(dim))
        self.register_buffer("spread", torch.ones(dim))
        self.register_buffer("slope", torch.ones(()))
        self.register_buffer("shift", torch.zeros(()))
        self.body = nn.Sequential(nn.Linear(dim, hidden), nn.GELU(), nn.Dropout(0.3), nn.Linear(hidden, 1))
        self.said = nn.Linear(len(NAMES), 1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        vector = (x[:, : self.dim] - self.mean) / self.spread
        logit = self.body(vector)[:, 0] + self.said(x[:, self.dim :])[:, 0]
        return logit * self.slope + self.shift


def fit(x: Array, y: Array, weight: Array, dim: int, seed: int = 7, epochs: int = 14) -> Network:
    torch.manual_seed(seed)
    network = Network(dim)
    network.mean.copy_(torch.from_numpy(x[:, :dim].mean(0)))
    network.spread.copy_(torch.from_numpy(x[:, :dim].std(0) + 1e-6))
    inputs, wanted, counts = torch.from_numpy(x), torch.from_numpy(y), torch.from_numpy(weight)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1.5e-3, weight_decay=0.05)
    rate = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    order = torch.Generator().manual_seed(seed)
    network.train()
    for _ in range(epochs):
        for batch in torch.randperm(len(x), generator=order).split(256):
            loss = nn.functional.binary_cross_entropy_with_logits(network(inputs[batch]), wanted[batch], counts[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        rate.step()
    return network.eval()


def logits(network: Network, x: Array) -> Array:
    with torch.inference_mode():
        return network(torch.from_numpy(x)).numpy()


def cross_fit(rows: Sequence[Row], x: Array, y: Array, weight: Array, dim: int) -> Array:
    """Logits of each row by a network that has not seen its part."""
    fold = np.array([row.part % _FOLDS for row in rows])
    found = np.zeros(len(rows), np.float32)
    for number in range(_FOLDS):
        inside = fold != number
        found[~inside] = logits(fit(x[inside], y[inside], weight[inside], dim), x[~inside])
    return found


def calibrate(logit: Array, y: Array, weight: Array) -> tuple[float, float]:
    """Slope and shift (Platt) that make a logit a probability."""
    line = torch.tensor([1.0, 0.0], requires_grad=True)
    optimiser = torch.optim.LBFGS([line], max_iter=100)
    known, wanted, counts = torch.from_numpy(logit), torch.from_numpy(y), torch.from_numpy(weight)

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = nn.functional.binary_cross_entropy_with_logits(known * line[0] + line[1], wanted, counts)
        loss.backward()
        return loss

    optimiser.step(closure)
    slope, shift = line.detach().tolist()
    return slope, shift


def choose_threshold(p: Array, rows: Sequence[Row], y: Array, allowed: float = 0.0005) -> float:
    """The best F1 on tweets among thresholds that at most `allowed` of the kind lines and names reach."""
    kind = np.array([row.source in ("own", "names") and not row.rude for row in rows])
    tweets = np.array([row.source == "tweets" for row in rows])
    lowest = float(np.quantile(p[kind], 1 - allowed))
    best = max(np.arange(0.2, 0.951, 0.01), key=lambda t: f1(p[tweets] >= max(t, lowest), y[tweets] > 0.5))
    return round(float(max(best, lowest)), 4)


def f1(said: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    return float(2 * (said & true).sum() / max(said.sum() + true.sum(), 1))


class Probability(nn.Module):
    """What is exported: x -> p."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.network(x))


def export(network: Network, folder: Path, sheet: dict[str, Any], sample: Array) -> None:
    """Write both files; what ONNX says of `sample` must be what torch says."""
    target = folder / "head.onnx"
    torch.onnx.export(
        Probability(network).eval(),
        (torch.from_numpy(sample[:2]),),
        str(target),
        input_names=["x"],
        output_names=["p"],
        dynamic_axes={"x": {0: "n"}, "p": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    (folder / "head.json").write_text(json.dumps(asdict(HeadSheet(sha256=digest, **sheet)), indent=1) + "\n")
    apart = np.abs(Head.read(folder).score(sample) - 1 / (1 + np.exp(-logits(network, sample)))).max()
    if not apart < 1e-4:
        raise RuntimeError(f"The exported head differs from torch by {apart:.2g}.")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tweets", type=Path, required=True, help="CSV with text,label (hate, offensive, neither)")
    parser.add_argument("--multi", type=Path, nargs="*", default=[], help="CSVs multi_LANG.csv with text,toxic,source")
    parser.add_argument("--models", type=Path, required=True, help="where prepare_models put the encoders")
    parser.add_argument("--cache", type=Path, help="folder that keeps the vectors between runs")
    parser.add_argument("--holdout", type=float, default=0.25, help="share that is never trained on")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where head.onnx and head.json go")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    rows = read_tweets(options.tweets) + [row for path in options.multi for row in read_multi(path)]
    rows = [row for row in rows if row.source in SOURCES and row.part >= options.holdout * PARTS] + read_own()
    encoded = Encoded(options.models, options.cache)
    x = encoded.inputs(rows)
    dim = x.shape[1] - len(NAMES)
    y = np.array([row.rude for row in rows], np.float32)
    weight = np.array([row.weight for row in rows], np.float32)
    seen_fairly = cross_fit(rows, x, y, weight, dim)
    slope, shift = calibrate(seen_fairly, y, weight)
    p = 1 / (1 + np.exp(-(seen_fairly * slope + shift)))
    threshold = choose_threshold(p, rows, y)
    network = fit(x, y, weight, dim)
    network.slope.fill_(slope)
    network.shift.fill_(shift)
    tweets = np.array([row.source == "tweets" for row in rows])
    metrics = {
        "rows": len(rows),
        "holdout": options.holdout,
        "cross_fitted_f1_tweets": round(f1(p[tweets] >= threshold, y[tweets] > 0.5), 4),
    }
    sheet = {
        "task": "profanity",
        "version": "1",
        "encoder": inputs_of(encoded.version),
        "dim": x.shape[1],
        "threshold": threshold,
        "made_by": "python -m moderation.detectors.profanity.train",
        "data": ", ".join((*SOURCES, "our own lines and made-up names")),
        "metrics": metrics,
    }
    export(network, options.folder, sheet, x[:: max(1, len(x) // 500)])
    print(json.dumps(sheet, indent=1))  # noqa: T201


if __name__ == "__main__":
    main()
