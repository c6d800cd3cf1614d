"""Trains a head of a task from a data set of the store. Arrays in, bytes and figures out: no Django.

1. Strength of the penalty by grouped cross-validation within the train split, all strengths and folds in one sweep.
2. A logistic head on the train split; a small network beside it, taken only where its log loss on validation is lower
   by more than twice the standard error of the difference.
3. Calibration and threshold on validation (with the folds' unseen train rows where validation is small).
4. Figures with intervals on the exam, which nothing was chosen by.
"""

import hashlib
import platform
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from featurestore.heads import candidates, metrics
from featurestore.heads.calibration import Calibration, choose
from featurestore.heads.candidates import Candidate, Tell
from featurestore.heads.card import card
from featurestore.heads.exam import exam_difference, score_exam
from featurestore.heads.head import Head
from featurestore.heads.material import FOLDS, CannotTrain, Part, check, folds, part_of
from featurestore.heads.solver import train_many
from featurestore.heads.trained import Trained
from featurestore.heads.write import Layers, write_head
from featurestore.labels.splits import EXAM, TRAIN, VALIDATION
from featurestore.store.base import Dataset

__all__ = ["CannotTrain", "Trained", "exam_difference", "score_exam", "train_head"]

STRENGTHS = tuple(10.0**n for n in range(-5, 3))
ENOUGH = 20  # rows of the rarer answer with which validation stands alone
NETWORK_FROM = 200  # rows; from fewer a network learns nothing that a straight cut has not
KINDS = ("auto", "logistic", "mlp")
EXACT = 1e-5  # how near the file's probabilities must be to torch's


def train_head(
    task: str,
    view: str,
    dataset: Dataset,
    splits: NDArray[np.str_],
    *,
    positive: str = "yes",
    tell: Tell = lambda progress, step, curve: None,
    seed: int = 0,
    kind: str = "auto",
) -> Trained:
    """Train on `dataset` cut by `splits` (n,) of "train", "validation" and "exam". See the module.

    `tell(progress 0..1, what it does in words, curve so far)`. `kind`: "auto", or "logistic" or "mlp" without a choice.
    Equal input and equal machine give equal bytes. Raises CannotTrain.
    """
    if kind not in KINDS:
        raise ValueError(f"no kind {kind!r}; there are: {', '.join(KINDS)}")
    tell(0.0, "looking for near-duplicates", [])
    train, validation, exam = (part_of(dataset, splits, name, view, positive) for name in (TRAIN, VALIDATION, EXAM))
    check(dataset, (train, validation, exam), task, positive)
    tell(0.15, f"choosing the strength by {FOLDS}-fold cross-validation", [])
    fold = folds(train, seed)
    many = train_many(train.x, train.y[:, None], train.weight, STRENGTHS, fold, scale=True)
    strength = STRENGTHS[int(many.best[0])]
    assert many.held is not None
    chosen, why = candidates.logistic(train, validation, strength, tell), ""
    if kind == "mlp" or (kind == "auto" and len(train) >= NETWORK_FROM and validation.rarer >= ENOUGH):
        network = candidates.network(train, validation, fold == 0, seed, tell)
        won, why = candidates.wins(network, chosen, validation)
        chosen = network if kind == "mlp" or won else chosen
    tell(0.85, "calibrating", chosen.curve)
    on, z, y, weight, group = _to_calibrate(chosen, train, validation, many.held[:, 0])
    calibration = choose(z, y, weight, group, seed)
    threshold = metrics.best_threshold(calibration(z), y > 0.5, weight)
    data = _manifest(dataset, (train, validation, exam), view, positive) | {
        "kind": chosen.kind,
        "why": why or "A network was not tried: too few labels.",
        "strength": strength,
        "folds": FOLDS,
        "seed": seed,
        "calibration": calibration.name,
        "calibrated_on": on,
    }
    sheet = {
        "task": task,
        "version": "",
        "encoder": dataset.encoder,
        "threshold": threshold,
        "made_by": f"manage.py train {task}",
        "data": f"{len(dataset)} labels of {data['label_view']}, {data['days'][0]} to {data['days'][1]}",
        "metrics": {},
        "view": view,
    }
    tell(0.9, "writing the file and asking it the exam", chosen.curve)
    raw, written = write_head(chosen.layers, calibration, sheet)
    head = Head(raw, written)
    _compare(head, chosen.layers, calibration, exam.x)
    found = metrics.figures(head.score(exam.x), exam.yes, threshold, exam.group, seed)
    written.metrics.update({name: list(figure) for name, figure in found.items()})
    tell(1.0, "done", chosen.curve)
    return Trained(raw, written, found, chosen.curve, data, card(task, data, found, threshold))


def _to_calibrate(
    chosen: Candidate, train: Part, validation: Part, held: NDArray[np.float32]
) -> tuple[str, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.intp]]:
    """(on what, logits, truth, weights, groups). Only of validation has a network logits that it did not learn."""
    z, y, weight, group = chosen.logits(validation.x), validation.y, validation.weight, validation.group
    if validation.rarer >= ENOUGH or (chosen.kind == "mlp" and validation.rarer):
        return "validation", z, y, weight, group
    z, y, weight = np.append(z, held), np.append(y, train.y), np.append(weight, train.weight)
    return "validation and the folds' unseen rows", z, y, weight, np.append(group, train.group + len(train) + len(y))


def _compare(head: Head, layers: Layers, calibration: Calibration, x: NDArray[np.floating]) -> None:
    """Raises RuntimeError unless the file says of `x` what torch says, to EXACT."""
    with torch.inference_mode():
        z: Tensor = torch.from_numpy(np.ascontiguousarray(x, np.float32))
        for n, (weight, bias) in enumerate(layers):
            w, b = (torch.from_numpy(np.ascontiguousarray(part, np.float32)) for part in (weight, bias))
            z = torch.addmm(b, z, w)
            z = torch.relu(z) if n < len(layers) - 1 else z
        apart = float(np.abs(calibration(z[:, 0].numpy()) - head.score(x)).max(initial=0))
    if not apart <= EXACT:
        raise RuntimeError(f"the file of head {head.sheet.task} is {apart:.1e} from what was trained")


def _manifest(dataset: Dataset, splits: tuple[Part, ...], view: str, positive: str) -> dict[str, Any]:
    used = np.concatenate([part.row for part in splits])
    sources, many = np.unique(dataset.source[used], return_counts=True)
    digest = hashlib.sha256(np.ascontiguousarray(dataset.keys).tobytes())
    digest.update(np.ascontiguousarray(dataset.chance).tobytes() + dataset.weight.tobytes())
    return {
        "task": dataset.task,
        "encoder": dataset.encoder,
        "view": view,
        "positive": positive,
        "label_view": dataset.label_view,
        "labels": len(used),
        "days": [str(dataset.day[used].min()), str(dataset.day[used].max())],
        "sources": {str(name): int(count) for name, count in zip(sources, many, strict=True)},
        "bridged": 0 if dataset.bridged is None else int(dataset.bridged[used].sum()),
        "splits": {
            name: {
                "positive": int(part.yes.sum()),
                "other": int((~part.yes).sum()),
                "groups": len(np.unique(part.group)),
            }
            for name, part in zip((TRAIN, VALIDATION, EXAM), splits, strict=True)
        },
        "labels_sha256": digest.hexdigest(),
        "software": f"torch {torch.__version__}, numpy {np.__version__}, Python {platform.python_version()}",
    }
