"""Makes grams.npz, head.onnx and head.json: from labelled texts and our own lines to the probability that it is rude.

    python -m moderation.detectors.profanity.train --tweets tweets_en.csv --multi multi_*.csv --models var/models

A text belongs to a part by a hash of its letters alone, so near copies stay together and the held-out part
(`--holdout 0.25`, parts of 64) is the same on every run: it is measured on and never trained on. What the n-grams say
of a text that is trained on is said by a model that has not seen it. The head is fitted five times on four fifths to
choose thresholds and to calibrate, then on all of it. `--without SOURCE` leaves a source out (the card names their
licences); `--left-out` makes nothing, and says how well a language does without any labelled text of its own.
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
from moderation.detectors.profanity import grams
from moderation.detectors.profanity.gram_fit import cross_votes, votes_of
from moderation.detectors.profanity.gram_fit import fit as fit_grams
from moderation.detectors.profanity.network import Network, Several, fit, logits
from moderation.detectors.profanity.training_data import (
    PARTS,
    SOURCES,
    Array,
    Encoded,
    Row,
    auc,
    read_multi,
    read_own,
    read_tweets,
)
from moderation.detectors.profanity.votes import LISTED, inputs_of

FOLDER = Path(__file__).parent
_FOLDS = 5
_SEEDS = (7, 8, 9)  # networks whose logits are averaged


def taught(rows: Sequence[Row]) -> NDArray[np.int64]:
    """(n,) a number for each language that has labelled texts; the highest for all others."""
    names = sorted({row.language for row in rows if row.source in SOURCES})
    return np.array([names.index(row.language) if row.language in names else len(names) for row in rows], np.int64)


def folds(rows: Sequence[Row], many: int = _FOLDS) -> NDArray[np.int64]:
    return np.array([row.part % many for row in rows], np.int64)


def cross_fit(
    rows: Sequence[Row], x: Array, y: Array, weight: Array, dim: int, language: NDArray[np.int64] | None = None
) -> Array:
    """Logits of each row by a network that has not seen its part."""
    fold = folds(rows)
    found = np.zeros(len(rows), np.float32)
    for number in np.unique(fold):
        inside = fold != number
        network = fit(x[inside], y[inside], weight[inside], dim, None if language is None else language[inside])
        found[~inside] = logits(network, x[~inside])
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

    def __init__(self, network: Network | Several) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.network(x))


def export(network: Network | Several, folder: Path, sheet: dict[str, Any], sample: Array) -> None:
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
    parser.add_argument("--without", nargs="*", default=[], choices=SOURCES, help="sources not to train on")
    parser.add_argument("--left-out", action="store_true", help="measure each language without its labelled texts")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the three files go")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    sources = [source for source in SOURCES if source not in options.without]
    rows = read_tweets(options.tweets) + [row for path in options.multi for row in read_multi(path)]
    rows = [row for row in rows if row.source in sources]
    encoded = Encoded(options.models, options.cache)
    if options.left_out:
        left_out(rows, encoded)
        return
    rows = [row for row in rows if row.part >= options.holdout * PARTS] + read_own()
    x, y, weight = encoded.inputs(rows), answers(rows), weights(rows)
    dim = x.shape[1] - len(LISTED)
    cells = [grams.cells(row.text) for row in rows]
    x = np.column_stack([x, cross_votes(cells, y, weight, folds(rows))]).astype(np.float32)
    language = taught(rows)
    seen_fairly = cross_fit(rows, x, y, weight, dim, language)
    several = Several([fit(x, y, weight, dim, language, seed) for seed in _SEEDS]).eval()
    slope, shift = calibrate(seen_fairly, y, weight)
    several.slope.fill_(slope)
    several.shift.fill_(shift)
    p = 1 / (1 + np.exp(-(seen_fairly * slope + shift)))
    threshold = choose_threshold(p, rows, y)
    tweets = np.array([row.source == "tweets" for row in rows])
    sheet = {
        "task": "profanity",
        "version": "2",
        "encoder": inputs_of(encoded.version),
        "dim": x.shape[1],
        "threshold": threshold,
        "made_by": "python -m moderation.detectors.profanity.train",
        "data": ", ".join((*sources, "our own lines and made-up names")),
        "metrics": {
            "rows": len(rows),
            "holdout": options.holdout,
            "cross_fitted_f1_tweets": round(f1(p[tweets] >= threshold, y[tweets] > 0.5), 4),
        },
        "view": "text",
    }
    grams.write(fit_grams(cells, y, weight), options.folder)
    export(several, options.folder, sheet, x[:: max(1, len(x) // 500)])
    print(json.dumps(sheet, indent=1))  # noqa: T201


def answers(rows: Sequence[Row]) -> Array:
    return np.array([row.rude for row in rows], np.float32)


def weights(rows: Sequence[Row]) -> Array:
    """Tweets are many and all English; each counts for half."""
    return np.array([0.5 if row.source == "tweets" else row.weight for row in rows], np.float32)


def left_out(rows: Sequence[Row], encoded: Encoded) -> None:
    """Print the AUC of each language's files by networks that saw no labelled text of it; our own lines they saw."""
    own = read_own()
    found = []
    for name in sorted({row.language for row in rows}):
        known = [row for row in rows if row.language != name] + own
        there = [row for row in rows if row.language == name and row.source != "tweets"]
        y, weight = answers(known), weights(known)
        cells = [grams.cells(row.text) for row in known]
        x = np.column_stack([encoded.inputs(known), cross_votes(cells, y, weight, folds(known, 3))]).astype(np.float32)
        model = fit_grams(cells, y, weight)
        said = votes_of(model, [grams.cells(row.text) for row in there])
        theirs = np.column_stack([encoded.inputs(there), said]).astype(np.float32)
        dim = x.shape[1] - len(LISTED) - 1
        p = np.mean([logits(fit(x, y, weight, dim, taught(known), seed), theirs) for seed in _SEEDS[:2]], axis=0)
        found.append(auc(p, answers(there) > 0.5))
        print(f"{name} left out: AUC {found[-1]:.4f} of {len(there)}", flush=True)  # noqa: T201
    print(f"mean {np.mean(found):.4f}")  # noqa: T201


if __name__ == "__main__":
    main()
