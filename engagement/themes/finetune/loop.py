"""The training loop: the same for a laptop's core, a rented GPU and several machines, for labels and for a teacher.

It goes on after a kill as if there had been none: after `--epochs` the weights are the same, byte for byte.
"""

import math
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from tqdm import tqdm

from engagement.themes.finetune import augment, backbones, checkpoint
from engagement.themes.finetune.curves import Curves
from engagement.themes.finetune.processes import Crew
from engagement.themes.finetune.recipe import Recipe
from engagement.themes.finetune.shards import Index
from engagement.themes.finetune.stream import Batch, Batches
from engagement.themes.finetune.stream import loader as opened_loader
from engagement.themes.finetune.waiting import Waiting

WEIGHTS = "weights.safetensors"
CLIP = 5.0  # largest norm of a step's gradients
_TYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}


class Diverged(RuntimeError):
    """The loss is no longer a number."""


@dataclass(frozen=True)
class Trained:
    """`pictures` a second of all processes together; `starved`: share of the time that this one waited for data."""

    network: backbones.Network
    side: int
    steps: int
    pictures_per_second: float
    starved: float
    weights: str  # checksum of the weights it began with, "" for none


Report = Callable[[nn.Module, int], dict[str, float]]


def steps_of(recipe: Recipe, pictures: int, world: int) -> int:
    """Steps of the optimizer in all."""
    return max(1, math.ceil(recipe.epochs * pictures / (recipe.batch * recipe.accumulate * world)))


def loss_of(
    logits: torch.Tensor, theme: torch.Tensor, soft: torch.Tensor, recipe: Recipe, taught: bool
) -> torch.Tensor:
    """Cross-entropy to what is known; with a teacher, its softened opinion and a label's part.

    After Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015: gradients of the softened part
    shrink with the square of the temperature, so it is multiplied by that.
    """
    logits = logits.float()
    if not taught:
        return nn.functional.cross_entropy(logits, soft)
    t = recipe.temperature
    softened = nn.functional.softmax(soft.clamp_min(1e-6).log() / t, 1)
    opinion = t * t * nn.functional.cross_entropy(logits / t, softened, reduction="none")
    label = nn.functional.cross_entropy(logits, theme.clamp_min(0), reduction="none")
    share = torch.where(theme >= 0, recipe.hard, 0.0)
    return (share * label + (1 - share) * opinion).mean()


class Training:
    """One training from its first step, or from its checkpoint, to its last. `folder` holds all that it leaves."""

    def __init__(self, recipe: Recipe, index: Index, folder: Path, crew: Crew, curves: Curves | None = None) -> None:
        self.recipe, self.index, self.folder, self.crew = recipe, index, folder, crew
        torch.manual_seed(recipe.seed)
        start = backbones.start(recipe.backbone, recipe.weights)
        self.weights, self.side = start.weights, recipe.side or start.side
        self.frozen = recipe.norm == "frozen" or (recipe.norm == "auto" and bool(start.weights))
        self.network = backbones.Network(start, len(index.themes), recipe.dropout).to(crew.device)
        self.network.to(memory_format=torch.channels_last)
        self.total = steps_of(recipe, index.pictures, crew.world)
        groups = backbones.groups(self.network, recipe.rate, recipe.decay, recipe.weight_decay)
        self.optimizer = torch.optim.AdamW(groups, foreach=False)
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._slope)
        self.scaler = torch.amp.GradScaler(crew.device.type, enabled=recipe.precision == "fp16")
        self.step = 0
        self.curves = curves
        self.digest = recipe.digest(index.digest(), crew.world)
        self._randomness: dict[str, Any] | None = None
        self._resume()
        if len(set(crew.gather(self.step))) > 1:
            raise checkpoint.OtherTraining(
                f"Not all processes find the same checkpoint in {folder}: --out is a folder that all machines share."
            )

    def run(self, report: Report | None = None) -> Trained:
        recipe, crew = self.recipe, self.crew
        batches = Waiting(iter(self.loader()), cuda=crew.device.type == "cuda")
        model: nn.Module = self.network
        if crew.world > 1:
            # With this switch DDP does not sort its buckets anew after the first step, so that sums are made in the
            # same order before a kill and after it.
            model = DistributedDataParallel(self.network, find_unused_parameters=True)
        self._train_mode(model)
        # Only now: to open a loader draws a number.
        if self._randomness is not None:
            checkpoint.set_randomness(self._randomness)
        else:
            torch.manual_seed(recipe.seed + crew.rank)  # each process drops out other numbers
        if self.curves is not None and crew.first:
            self.curves.begin(asdict(recipe) | {"pictures": self.index.pictures, "processes": crew.world})
        began, saved, told, first = time.monotonic(), time.monotonic(), time.monotonic(), self.step
        bar = tqdm(total=self.total, initial=self.step, unit="step", disable=None if crew.first else True)
        while self.step < self.total:
            loss = self.one_step(model, batches)
            bar.update()
            now = time.monotonic()
            if crew.first and (now - told >= recipe.report_seconds or self.step == self.total):
                self._tell(loss, batches.share, self._rate(first, now - began), bar)
                told = now
            if crew.agree(now - saved >= 60 * recipe.checkpoint_minutes) and self.step < self.total:
                self._save()
                saved = time.monotonic()
        bar.close()
        seconds = time.monotonic() - began
        self._finish(report)
        return Trained(self.network, self.side, self.total, self._rate(first, seconds), batches.share, self.weights)

    def one_step(self, model: nn.Module, batches: "Waiting[Batch]") -> torch.Tensor:
        """One step of the optimizer; its mean loss."""
        recipe, device = self.recipe, self.crew.device
        total = torch.zeros((), device=device)
        for part in range(recipe.accumulate):
            pixels, theme, soft = (one.to(device, non_blocking=True) for one in next(batches))
            waits = isinstance(model, DistributedDataParallel) and part < recipe.accumulate - 1
            with model.no_sync() if waits else nullcontext():  # type: ignore[operator]
                low = recipe.precision != "fp32"
                with torch.autocast(device.type, _TYPES.get(recipe.precision), enabled=low):
                    logits = model(pixels)
                loss = loss_of(logits, theme, soft, recipe, self.index.soft) / recipe.accumulate
                self.scaler.scale(loss).backward()
            total += loss.detach()
        self.scaler.unscale_(self.optimizer)
        nn.utils.clip_grad_norm_(self.network.parameters(), CLIP, foreach=False)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.optimizer.zero_grad(set_to_none=True)
        self.scheduler.step()
        self.step += 1
        return total

    def loader(self) -> Any:
        recipe, crew = self.recipe, self.crew
        batches = Batches(
            self.index,
            augment.look(recipe.augment, self.side),
            recipe.batch,
            seed=recipe.seed,
            smoothing=recipe.smoothing,
            rank=crew.rank,
            world=crew.world,
            workers=recipe.workers,
            done=self.step * recipe.accumulate,
        )
        return opened_loader(batches, pinned=crew.device.type == "cuda")

    def _train_mode(self, model: nn.Module) -> None:
        model.train()
        if self.frozen:
            backbones.freeze_norms(model)

    def _slope(self, step: int) -> float:
        """Up in a straight line, down along half a cosine."""
        warm = max(1, round(self.recipe.warmup * self.total))
        if step < warm:
            return (step + 1) / warm
        return 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, self.total - warm)))

    def _rate(self, first: int, seconds: float) -> float:
        done = (self.step - first) * self.recipe.batch * self.recipe.accumulate * self.crew.world
        return done / seconds if seconds else 0.0

    def _tell(self, loss: torch.Tensor, starved: float, rate: float, bar: Any) -> None:
        value = float(loss)
        if not math.isfinite(value) and not self.scaler.is_enabled():
            raise Diverged(f"The loss is {value} at step {self.step}: take a smaller --rate, or bf16 instead of fp16.")
        bar.set_postfix(loss=f"{value:.3f}", waits=f"{starved:.0%}", per_s=f"{rate:.1f}")
        if self.curves is not None:
            rates = max(group["lr"] for group in self.optimizer.param_groups)
            figures = {"loss": value, "starved": starved, "pictures_per_second": rate, "learning_rate": rates}
            self.curves.add(self.step, **{name: one for name, one in figures.items() if math.isfinite(one)})

    # -- going on ------------------------------------------------------------------------------------------------
    def _save(self) -> None:
        states = self.crew.gather(checkpoint.randomness())
        if self.crew.first:
            checkpoint.save(
                self.folder,
                {
                    "digest": self.digest,
                    "step": self.step,
                    "network": self.network.state_dict(),
                    "optimizer": self.optimizer.state_dict(),
                    "scheduler": self.scheduler.state_dict(),
                    "scaler": self.scaler.state_dict(),
                    "randomness": states,
                    "mlflow_run": self.curves.run if self.curves else "",
                },
            )

    def _resume(self) -> None:
        state = checkpoint.load(self.folder)
        if state is None:
            return
        if state["digest"] != self.digest:
            raise checkpoint.OtherTraining(
                f"The checkpoint in {self.folder} is of other settings, other shards or another number of processes; "
                "give the same again to go on, or another --out to begin."
            )
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scheduler.load_state_dict(state["scheduler"])
        self.scaler.load_state_dict(state["scaler"])
        self._randomness = state["randomness"][self.crew.rank]
        self.step = state["step"]
        if self.curves is not None:
            self.curves.run = state["mlflow_run"]

    def _finish(self, report: Report | None) -> None:
        figures = report(self.network.eval(), self.total) if report else {}
        if self.crew.first:
            self._save_weights()
            if self.curves is not None:
                if figures:
                    self.curves.add(self.total, **figures)
                self.curves.end()

    def _save_weights(self) -> None:
        state = {name: value.detach().cpu().contiguous() for name, value in self.network.state_dict().items()}
        part = self.folder / f".{WEIGHTS}"
        save_file(state, part)
        part.replace(self.folder / WEIGHTS)
