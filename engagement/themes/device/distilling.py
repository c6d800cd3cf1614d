"""A small network learns what the server would say, by the same loop that trains at size, and is made small."""

import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from engagement.themes.device import budget, figures, quantising
from engagement.themes.device.pictures import Pictures
from engagement.themes.device.quantising import Quantised
from engagement.themes.finetune import backbones, exam, exporting
from engagement.themes.finetune.loop import Training
from engagement.themes.finetune.processes import crew
from engagement.themes.finetune.recipe import Recipe
from engagement.themes.finetune.writing import from_samples

CALIBRATE = 128  # pictures that set the ranges of activations
SHARD = 16
TIMED = 40  # pictures

Rows = NDArray[np.intp]
P = NDArray[np.float64]
Tell = Callable[[str], None]


class Teacher(Protocol):
    """`opinions` of pictures to learn from; `answers` on pictures of `test` when it learned from `train`."""

    def opinions(self, rows: Rows) -> P: ...

    def answers(self, train: Rows, test: Rows) -> P: ...


@dataclass(frozen=True)
class Measured:
    """What device and server said of every picture while its figure was left out."""

    device: P
    server: P
    unquantised: P
    way: dict[str, int]


def numbers(recipe: Recipe, themes: int) -> int:
    """Weights that must be stored. Raises ModelMissing."""
    network = backbones.Network(backbones.start(recipe.backbone, recipe.weights), themes, 0.0)
    return sum(p.numel() for p in network.parameters() if p.ndim > 1)


def learn(
    pictures: Pictures, rows: Rows, teacher: Teacher, recipe: Recipe, folder: Path, temperature: float = 1.0
) -> tuple[bytes, int]:
    """(ONNX in floats, side) of a network that learned from these pictures. What it needs meanwhile is in `folder`."""
    opinions = teacher.opinions(rows)
    mixed = np.random.default_rng(recipe.seed).permutation(len(rows))
    samples = (pictures.kept[rows[at]]._replace(soft=tuple(map(float, opinions[at]))) for at in mixed)
    shards = folder / "shards"
    index = from_samples(samples, shards, SHARD, soft=True, themes=list(pictures.themes))
    with crew(recipe.threads) as us:
        trained = Training(recipe, index, folder, us).run()
    return exporting.to_onnx(trained.network, trained.side, temperature), trained.side


def made_small(raw: bytes, pictures: Pictures, rows: Rows, side: int, limit: int, name: str) -> list[Quantised]:
    """The ways that fit, the best first. Raises budget.TooLarge when none does."""
    some = np.random.default_rng(7).permutation(rows)[:CALIBRATE]
    ways = quantising.smallest(raw, pictures.pixels(np.sort(some), side))
    fitting = [way for way in ways if len(way.raw) <= limit]
    if not fitting:
        budget.check_size(name, min(len(way.raw) for way in ways), limit)
    return fitting


def cross_validated(
    pictures: Pictures, teacher: Teacher, recipe: Recipe, limit: int, folds: int, tell: Tell
) -> Measured:
    """Whole figures are left out, of the teacher as of the network, and each picture is asked about once."""
    shape = (len(pictures.kept), len(pictures.themes))
    device, server, unquantised = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    way: dict[str, int] = {}
    parts = GroupKFold(folds, shuffle=True, random_state=7).split(pictures.theme, groups=pictures.figure)
    for number, (train, test) in enumerate(parts, 1):
        tell(f"part {number} of {folds}: learning from {len(train)} pictures, measured on {len(test)}")
        with tempfile.TemporaryDirectory() as folder:
            raw, side = learn(pictures, train, teacher, recipe, Path(folder))
        best = made_small(raw, pictures, train, side, limit, recipe.backbone)[0]
        way[best.way] = way.get(best.way, 0) + 1
        pixels = pictures.pixels(test, side)
        device[test] = quantising.probabilities(best.raw, pixels)
        unquantised[test] = quantising.probabilities(raw, pixels)
        server[test] = teacher.answers(train, test)
    return Measured(device, server, unquantised, way)


def whole(pictures: Pictures, teacher: Teacher, recipe: Recipe, limit: int, out: Path, t: float) -> Quantised:
    """The network that is given away: of all pictures. `t`: its temperature, as measured on figures left out."""
    folder = out / "training"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    rows = np.arange(len(pictures.kept))
    raw, side = learn(pictures, rows, teacher, recipe, folder, t)
    best = made_small(raw, pictures, rows, side, limit, recipe.backbone)[0]
    shutil.rmtree(folder)
    return best


def report(pictures: Pictures, found: Measured, t: float) -> dict[str, Any]:
    """By kind of picture: device, server, the device's network in floats, and the difference."""
    told: dict[str, Any] = {}
    for kind, name in enumerate(pictures.kinds):
        rows = np.flatnonzero(pictures.kind == kind)
        truth, figure = pictures.theme[rows], pictures.figure[rows]
        told[name] = {
            "device": figures.report(pictures.themes, calmed(found.device[rows], t), truth, figure),
            "server": figures.report(pictures.themes, found.server[rows], truth, figure),
            "device_in_floats": round(float((found.unquantised[rows].argmax(1) == truth).mean()), 4),
            "device_minus_server": figures.difference(found.device[rows], found.server[rows], truth, figure),
        }
    return told


def temperature(found: Measured, theme: Rows) -> float:
    return exam.temperature(exam.Said(np.log(found.device.clip(1e-9)), theme))


def calmed(p: P, t: float) -> P:
    """Probabilities as they would be with that temperature."""
    powered = p.clip(1e-9) ** (1 / t)
    return powered / powered.sum(1, keepdims=True)


def milliseconds(look: Callable[[Any], object], pictures: Pictures, rows: Sequence[int]) -> float:
    """Median of a picture, of one thread's time on a processor, from the decoded picture to the probabilities."""
    some = [pictures.picture(at) for at in rows]
    look(some[0])
    taken = []
    for picture in some:
        began = time.thread_time()  # what the machine does beside it does not count
        look(picture)
        taken.append(time.thread_time() - began)
    return round(1000 * float(np.median(taken)), 2)
