"""Limited-memory BFGS for many problems at once: every round is one sweep over the data for all that are not done.

Each column has its own history, step and end (Nocedal and Wright 2006, algorithm 7.5); what is shared is the work. A
column whose step was too long takes a shorter one in the next round while the others go on, so no sweep is spent on
line searches alone. Columns that are done leave the batch.

A preconditioner is a change of coordinates by the caller: in good ones the first Hessian is nearly the identity, and a
dozen rounds do. A history may be handed over from a problem that is nearly the same.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

MEMORY = 12  # pairs kept
ARMIJO = 1e-4
# What float32 products leave of a difference of two losses near 1.
NOISE = 2e-7


@dataclass(frozen=True)
class Pair:
    """A step and the change of gradient along it, float64 (k, p), and 1/(s . y), 0 in columns that took no step."""

    s: Tensor
    y: Tensor
    rho: Tensor

    def take(self, columns: Tensor) -> "Pair":
        return Pair(self.s[columns], self.y[columns], self.rho[columns])


@dataclass
class Found:
    """The solution `u` float64 (k, p), its `value` and steepness (k,), whether each column met the criterion."""

    u: Tensor
    value: Tensor
    met: Tensor
    steep: Tensor
    rounds: int
    history: list[Pair] = field(default_factory=list)


def minimise(
    evaluate: Callable[[Tensor, Tensor], tuple[Tensor, Tensor, Tensor]],
    start: Tensor,
    done: Callable[[Tensor, Tensor], Tensor],
    *,
    history: list[Pair] | None = None,
    most: int = 200,
    watch: Callable[[int, Tensor, Tensor], None] = lambda round, value, u: None,
    keep_history: bool = False,
) -> Found:
    """Minimise column by column.

    `evaluate(u, columns)` -> (value (k,), gradient (k, p), steepness (k,)) at u (k, p) of the columns int64 (k,).
    `done(steepness, decrement)` -> bool (k,): steepness is whatever the caller measures it by; `decrement` is half of
    -gradient . direction, which estimates how far the value lies above its least.
    `most`: rounds, after which what there is counts. With `keep_history`, columns stay in the batch until all are done,
    so that the history speaks of each.
    """
    total = len(start)
    live = torch.arange(total, device=start.device)
    worst = start.new_full((total,), torch.inf)
    result = Found(start.clone(), worst, torch.zeros_like(live, dtype=torch.bool), worst.clone(), 0)
    u, pairs = start.clone(), list(history or [])
    value, gradient, steep = evaluate(u, live)
    direction = _direction(gradient, pairs)
    step, tries = torch.ones_like(value), torch.zeros_like(live)
    watch(0, value, u)
    for round in range(1, most + 1):
        slope = (gradient * direction).sum(1)
        met = done(steep, -slope / 2)
        # A column that no step improves has reached what its numbers can tell apart.
        ended = met | (tries > 15)
        result.u[live], result.value[live], result.met[live], result.steep[live] = u, value, met, steep
        if bool(ended.all()):
            break
        if bool(ended.any()) and not keep_history:
            stay = torch.nonzero(~ended).squeeze(1)
            live, value, slope, step, tries, steep = (part[stay] for part in (live, value, slope, step, tries, steep))
            u, gradient, direction = u[stay], gradient[stay], direction[stay]
            pairs = [pair.take(stay) for pair in pairs]
        result.rounds = round
        trial = u + step[:, None] * direction
        found, there, slant = evaluate(trial, live)
        good = found <= value + ARMIJO * step * slope + NOISE * value.abs()
        s, y = trial - u, there - gradient
        curve = (s * y).sum(1)
        real = good & (curve > 1e-10 * (s * s).sum(1))
        pairs.append(
            Pair(s * real[:, None], y * real[:, None], torch.where(real, 1 / torch.where(real, curve, 1.0), 0.0))
        )
        del pairs[:-MEMORY]
        # Where it was too long: to the least of the parabola through what is known.
        shorter = -slope * step / (2 * (found - value - slope * step)).clamp_min(1e-30)
        u, gradient = torch.where(good[:, None], trial, u), torch.where(good[:, None], there, gradient)
        value, steep = torch.where(good, found, value), torch.where(good, slant, steep)
        fresh = _direction(gradient, pairs)
        step = torch.where(good, 1.0, step * shorter.clamp(0.1, 0.5))
        tries = torch.where(good, 0, tries + 1)
        direction = torch.where(good[:, None], fresh, direction)
        watch(round, value, u)
    result.u[live], result.value[live], result.steep[live] = u, value, steep
    result.history = pairs if keep_history else []
    return result


def _direction(gradient: Tensor, pairs: list[Pair]) -> Tensor:
    """-H gradient (k, p), H being the inverse Hessian as `pairs` tell it. Always downhill: each s . y is positive."""
    q, shares = gradient.clone(), []
    for pair in reversed(pairs):
        share = (pair.rho * (pair.s * q).sum(1))[:, None]
        q -= share * pair.y
        shares.append(share)
    q *= _length(gradient, pairs)[:, None]
    for pair, share in zip(pairs, reversed(shares), strict=True):
        q += pair.s * (share - (pair.rho * (pair.y * q).sum(1))[:, None])
    return -q


def _length(gradient: Tensor, pairs: list[Pair]) -> Tensor:
    """(k,): the inverse curvature along the newest pair that each column has; 1 where it has none."""
    length = torch.ones_like(gradient[:, 0])
    for pair in pairs:
        known = pair.rho > 0
        square = torch.where(known, pair.rho * (pair.y * pair.y).sum(1), 1.0)
        length = torch.where(known, 1 / square, length)
    return length
