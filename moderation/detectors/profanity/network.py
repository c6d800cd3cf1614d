"""The network behind the head, in torch: only training reads this.

Three parts of a logit are added. A hidden layer on the vector, the same for all languages, is what carries over to a
language without training data. A linear layer for each taught language knows what is particular to it; how much of
each counts is worked out from the vector, which tells languages apart well, so nobody need say what language a text is
in, and a text in another language is left to the hidden layer. (A mixture of experts, Jacobs et al. 1991, whose gate
is taught what the languages are.) Then what the lists say. What the n-grams say is added when all else is learned:
while it is there the vector's part learns only what they leave over, and does worse where they say nothing. In a
language that they were not taught they do not count.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from moderation.detectors.profanity.votes import LISTED

Array = NDArray[np.float32]
_SPELLING = 10.0  # that vote is a tenth of a logit: with this it counts as much as the rest
_OTHERS = 8.0  # lines in all other languages are few, and stand for most of the world
_GATE = 0.3  # how much telling the languages apart counts beside the answer


class Network(nn.Module):
    """(n, dim + votes) -> logits (n,). `languages`: how many are taught; the gate's last place is "another one"."""

    mean: torch.Tensor
    spread: torch.Tensor
    slope: torch.Tensor
    shift: torch.Tensor
    spells: torch.Tensor

    def __init__(self, dim: int, languages: int = 0, hidden: int = 128) -> None:
        super().__init__()
        self.dim = dim
        self.register_buffer("mean", torch.zeros(dim))
        self.register_buffer("spread", torch.ones(dim))
        self.register_buffer("slope", torch.ones(()))
        self.register_buffer("shift", torch.zeros(()))
        self.body = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(dim, hidden), nn.GELU(), nn.Dropout(0.5), nn.Linear(hidden, 1)
        )
        self.gate = nn.Linear(dim, languages + 1)
        self.own = nn.Linear(dim, languages + 1)
        nn.init.zeros_(self.own.weight)
        nn.init.zeros_(self.own.bias)
        self.said = nn.Linear(len(LISTED), 1, bias=False)
        self.register_buffer("spells", torch.ones(()))

    def both(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(logits (n,), the gate's logits (n, languages + 1))."""
        vector = (x[:, : self.dim] - self.mean) / self.spread
        gate = self.gate(vector)
        share = torch.softmax(gate, 1)
        own = (share[:, :-1] * self.own(vector)[:, :-1]).sum(1)
        spelling = x[:, -1] * (1 - share[:, -1]) * _SPELLING * self.spells
        logit = self.body(vector)[:, 0] + own + self.said(x[:, self.dim : -1])[:, 0] + spelling
        return logit * self.slope + self.shift, gate

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.both(x)[0]


def fit(
    x: Array,
    y: Array,
    weight: Array,
    dim: int,
    language: NDArray[np.int64] | None = None,
    seed: int = 7,
    epochs: int = 14,
) -> Network:
    """`language` (n,): 0.. for the taught ones, the highest number for all others; None: they are not told apart."""
    torch.manual_seed(seed)
    places = np.zeros(len(x), np.int64) if language is None else language
    network = Network(dim, int(places.max(initial=0)))
    network.mean.copy_(torch.from_numpy(x[:, :dim].mean(0)))
    network.spread.copy_(torch.from_numpy(x[:, :dim].std(0) + 1e-6))
    inputs, wanted, counts = torch.from_numpy(x), torch.from_numpy(y), torch.from_numpy(weight)
    tongue = torch.from_numpy(places)
    own = [network.own.weight]
    rest = [value for value in network.parameters() if value is not network.own.weight]
    optimiser = torch.optim.AdamW(
        [{"params": rest, "weight_decay": 0.05}, {"params": own, "weight_decay": 1.0}], lr=1.5e-3
    )
    rate = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    order = torch.Generator().manual_seed(seed)
    network.train()
    network.spells.fill_(0)
    rarity = torch.ones(network.gate.out_features)
    rarity[-1] = _OTHERS
    for _ in range(epochs):
        for batch in torch.randperm(len(x), generator=order).split(256):
            logit, gate = network.both(inputs[batch])
            loss = nn.functional.binary_cross_entropy_with_logits(logit, wanted[batch], counts[batch])
            loss = loss + _GATE * nn.functional.cross_entropy(gate, tongue[batch], rarity)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        rate.step()
    network.spells.fill_(1)
    return network.eval()


def logits(network: nn.Module, x: Array) -> Array:
    with torch.inference_mode():
        return network(torch.from_numpy(x)).numpy()


class Several(nn.Module):
    """The mean of the logits of networks that differ by chance, which errs less than each; then slope and shift."""

    slope: torch.Tensor
    shift: torch.Tensor

    def __init__(self, networks: Sequence[Network]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.register_buffer("slope", torch.ones(()))
        self.register_buffer("shift", torch.zeros(()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        mean = torch.stack([network(x) for network in self.networks]).mean(0)
        return mean * self.slope + self.shift
