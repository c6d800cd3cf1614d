"""What a training is: every setting that the weights depend on, and a few that they do not."""

import hashlib
import json
from dataclasses import asdict, dataclass

PRECISIONS = ("fp32", "bf16", "fp16")
_WITHOUT_EFFECT = ("checkpoint_minutes", "report_seconds")


@dataclass(frozen=True)
class Recipe:
    """`batch` is of one process and one step forward; `accumulate` of them make a step of the optimizer.

    `decay`: the learning rate of each quarter of the network's depth is this much of the next one's, so that what a
    network knows of edges and colours moves least. `hard`: how much a person's label counts beside a teacher's opinion.
    """

    backbone: str = "efficientnet-lite2"
    weights: str = ""
    side: int = 0  # 0: what the backbone was made for
    epochs: float = 5.0
    batch: int = 32
    accumulate: int = 1
    rate: float = 1e-3
    decay: float = 0.5
    weight_decay: float = 0.02
    warmup: float = 0.1  # share of the steps
    smoothing: float = 0.1
    dropout: float = 0.2
    norm: str = "auto"  # of batches: frozen as the weights have them, batch: learned; auto: frozen if there are weights
    augment: str = "phone"  # or "none"
    hard: float = 0.3
    temperature: float = 2.0
    precision: str = "fp32"
    workers: int = 0
    threads: int = 1
    seed: int = 7
    checkpoint_minutes: float = 10.0
    report_seconds: float = 10.0

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise ValueError(f"precision is one of {', '.join(PRECISIONS)}")
        if min(self.batch, self.accumulate, self.threads) < 1 or self.workers < 0 or self.epochs <= 0:
            raise ValueError("batch, accumulate and threads are 1 or more, workers 0 or more, epochs more than 0")

    def digest(self, data: str, world: int) -> str:
        """Two trainings with the same digest end with the same weights (on the same kind of machine)."""
        told = {name: value for name, value in asdict(self).items() if name not in _WITHOUT_EFFECT}
        return hashlib.sha256(json.dumps([told, data, world], sort_keys=True).encode()).hexdigest()
