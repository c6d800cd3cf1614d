"""How fast training would go on this machine, and what it would cost for many pictures: measured, then multiplied.

    python -m engagement.themes.finetune.rates --shards FOLDER [--seconds 60] [--backbone …] [--batch …] [--workers …]
        [--pictures 15000000] [--epochs 5] [--price 2.50] [--gpus 1]

Measured are one loader worker alone (read, decode, augment), the network alone (forward, back, step, on pictures that
are there already), both together, and what reading pictures into shards costs (decode, shrink, encode; no network).
`--price` is of one machine for an hour, in any money.
"""

import argparse
import io
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image

from engagement.themes.finetune import augment
from engagement.themes.finetune.loop import Training
from engagement.themes.finetune.processes import Crew, crew
from engagement.themes.finetune.recipe import Recipe
from engagement.themes.finetune.shards import BrokenShards, Index, read_index
from engagement.themes.finetune.stream import Batch, Batches
from engagement.themes.finetune.waiting import Waiting
from engagement.themes.finetune.writing import read
from featurestore.encoders.base import ModelMissing

PHONE = (1600, 1200)  # pixels of a picture as an app sends it


class Rate(NamedTuple):
    """Pictures a second, and a second of a processor's time: the same where the machine has no other work."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Rates:
    """Of one loader worker, of the network alone, of both together; of one shard writer."""

    loader: Rate
    network: Rate
    together: Rate
    starved: float
    writer: Rate
    shard_bytes: float  # of a picture


def measure(recipe: Recipe, index: Index, seconds: float, us: Crew) -> Rates:
    """Takes about four times `seconds`, and a step of each to warm up."""
    with TemporaryDirectory() as folder:
        training = Training(recipe, index, Path(folder), us)
        training.total = 10**9  # the schedule stays near its start; nothing of this is kept
        look = augment.look(recipe.augment, training.side)
        alone = iter(Batches(index, look, recipe.batch, seed=recipe.seed))
        loader = _rate(lambda: next(alone), recipe.batch, seconds)
        same: Waiting[Batch] = Waiting(repeat(next(alone)))
        step = recipe.batch * recipe.accumulate
        network = _rate(lambda: _step(training, same), step, seconds)
        real: Waiting[Batch] = Waiting(_endless(training), cuda=us.device.type == "cuda")
        together = _rate(lambda: _step(training, real), step, seconds)
    size = sum(shard.bytes for shard in index.shards) / index.pictures
    phone = _phone()
    return Rates(loader, network, together, real.share, _rate(lambda: read(phone), 1, seconds), size)


def cost(rates: Rates, pictures: int, epochs: float, price: float, gpus: int) -> dict[str, float]:
    """Hours and money. `gpus` of them are taken to share the work without loss, so it is a bound from below."""
    hours = pictures * epochs / rates.together.wall / 3600
    return {
        "hours_of_one": round(hours, 2),
        "hours": round(hours / gpus, 2),
        "money": round(hours * price, 2),
        "workers_that_keep_up": float(np.ceil(rates.network.wall / rates.loader.wall)),
        "hours_of_one_shard_writer": round(pictures / rates.writer.wall / 3600, 1),
        "shards_gigabytes": round(pictures * rates.shard_bytes / 1e9, 1),
    }


def _rate(once: Callable[[], object], pictures: int, seconds: float) -> Rate:
    once()
    _wait()
    began, cpu, count = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - began < seconds:
        once()
        count += 1
    _wait()
    done = count * pictures
    return Rate(done / (time.perf_counter() - began), done / max(time.process_time() - cpu, 1e-9))


def _wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def _step(training: Training, batches: "Waiting[Batch]") -> None:
    training.one_step(training.network, batches)


def _endless(training: Training) -> Iterator[Batch]:
    return iter(training.loader())


def _phone() -> bytes:
    rng = np.random.default_rng(7)
    soft = Image.fromarray(rng.integers(0, 256, (60, 80, 3), np.uint8)).resize(PHONE, Image.Resampling.BICUBIC)
    out = io.BytesIO()
    soft.save(out, "JPEG", quality=85)
    return out.getvalue()


def main(arguments: Sequence[str]) -> None:
    options = _options(arguments)
    recipe = Recipe(**{field.name: getattr(options, field.name) for field in fields(Recipe)})
    try:
        index = read_index(options.shards)
        with crew(recipe.threads) as us:
            rates = measure(recipe, index, options.seconds, us)
            name = torch.cuda.get_device_name() if us.device.type == "cuda" else "CPU"
    except (BrokenShards, ModelMissing, ValueError) as error:
        raise SystemExit(str(error)) from error
    told: dict[str, Any] = {"device": name, "backbone": recipe.backbone, "precision": recipe.precision}
    told |= {"threads": recipe.threads, "workers": recipe.workers, "batch": recipe.batch, "side": recipe.side}
    four = {"one_loader_worker": rates.loader, "network_alone": rates.network, "together": rates.together}
    four["one_shard_writer"] = rates.writer
    told["pictures_per_second"] = {name: round(rate.wall, 2) for name, rate in four.items()}
    # Without loader workers this is what a processor's second is worth, however busy the machine was.
    told["pictures_per_cpu_second"] = {name: round(rate.cpu, 2) for name, rate in four.items()}
    told["waited_for_data"] = round(rates.starved, 4)
    told["bytes_of_a_picture"] = round(rates.shard_bytes)
    told["cost"] = cost(rates, options.pictures, recipe.epochs, options.price, options.gpus)
    print(json.dumps(told, indent=1))  # noqa: T201


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engagement.themes.finetune.rates", description=__doc__)
    parser.add_argument("--shards", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=60.0, help="for each of the four measurements")
    parser.add_argument("--pictures", type=int, default=15_000_000)
    parser.add_argument("--price", type=float, default=0.0, help="of one GPU (or machine) for an hour")
    parser.add_argument("--gpus", type=int, default=1)
    for field in fields(Recipe):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(field.default), default=field.default)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
