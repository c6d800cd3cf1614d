"""Logistic heads, all of one encoder at once: every head, strength and fold in one batch of sweeps over shared vectors.

A fit is `F` of objective.py: class-balanced, L2 on the weights of scaled vectors, the bias free. It is done when the
largest entry of its gradient is at most `tolerance` (scikit-learn's measure, on the mean loss) and the objective is
estimated to lie within `gap` of its least. Folds begin from the fit on all rows, with the curvature learned there, and
need a few rounds each.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import softplus

from featurestore.heads.crew import crew
from featurestore.heads.lbfgs import Found, Pair, minimise
from featurestore.heads.objective import NO_FOLD, Columns, Rows, value_and_gradient
from featurestore.heads.preconditioner import Shape, shape
from featurestore.heads.shared import labels, lay_out

TOLERANCE = 1e-4  # as scikit-learn's LogisticRegression
GAP = 3e-6  # nats for each row
ROUGH = 1e-3  # nats: as far as products of ten bits lead
EACH = 8  # rows of the first rounds: every eighth
Watch = Callable[[int, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]], None]


@dataclass(frozen=True)
class Sweep:
    """What was fitted, for vectors as they came: the logit is x @ weight[:, head, strength] + bias[head, strength].

    `weight` float64 (d, heads, strengths); `bias`, `objective` (heads, strengths) and `met`, whether the criterion was;
    `steepest`: the largest entry of the gradient of any fit, folds' too.
    With folds: `held_loss` and `held_hits` (heads, strengths, folds), the weighted mean log loss and share of right
    answers (at 0.5) on each fold of the fit without it; `best` int (heads,): the strength of least mean held-out loss;
    `held` float32 (n, heads): logits of the fits at `best`, each row's from the one that had not seen it.
    """

    strengths: tuple[float, ...]
    weight: NDArray[np.float64]
    bias: NDArray[np.float64]
    objective: NDArray[np.float64]
    met: NDArray[np.bool_]
    rounds: int
    steepest: float
    held_loss: NDArray[np.float64] | None = None
    held_hits: NDArray[np.float64] | None = None
    held: NDArray[np.float32] | None = None

    @property
    def best(self) -> NDArray[np.intp]:
        if self.held_loss is None:
            raise ValueError("without folds nobody knows which strength is best")
        return self.held_loss.mean(2).argmin(1)


def device() -> torch.device:
    """Where to compute: the GPU if there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def train_many(
    x: NDArray[np.floating],
    ys: NDArray[np.floating] | NDArray[np.integer],
    weights: NDArray[np.floating] | None = None,
    strengths: Sequence[float] = (1.0,),
    folds: NDArray[np.integer] | None = None,
    *,
    scale: bool = False,
    balanced: bool = True,
    tolerance: float = TOLERANCE,
    gap: float = GAP,
    most: int = 200,
    watch: Watch | None = None,
    on: torch.device | None = None,
    mixed: bool | None = None,
) -> Sweep:
    """Fit `ys` (n, h) on `x` (n, d): labels 0 and 1, or chances between; -1 (or NaN) where a head has no label.

    `weights` (n,) or (n, h). `strengths` as scikit-learn's C: the smaller, the more the weights are held down. `folds`
    int (n,), 0.. : also fit without each of them. `scale`: each number of x by its standard deviation, folded back
    into the weights. `watch(round, objective (k,), weight (d, k), bias (k,))` is called in each round on all rows, k
    counting heads and then strengths. `mixed`: the first rounds may multiply in TF32, where there is such a thing; the
    last never do (default: on a GPU). Equal input and equal machine give equal bytes.
    """
    y, weight = labels(ys, weights, len(x), balanced)
    order = None if folds is None or (np.diff(folds) >= 0).all() else np.argsort(folds, kind="stable")
    if order is not None:
        assert folds is not None
        x, y, weight, folds = x[order], y[order], weight[order], folds[order]
    on = on or device()
    with crew(on) as hands:
        rows = lay_out(x, y, weight, folds, scale, on, hands)
        mixed = rows.x.is_cuda if mixed is None else mixed
        sweep = _sweep(rows, tuple(strengths), tolerance, gap, most, watch, mixed)
    if order is not None and sweep.held is not None:
        sweep.held[order] = sweep.held.copy()
    return sweep


def _sweep(
    rows: Rows,
    strengths: tuple[float, ...],
    tolerance: float,
    gap: float,
    most: int,
    watch: Watch | None,
    mixed: bool,
) -> Sweep:
    heads, many, d = len(rows.y), len(strengths), rows.x.shape[1]
    mass = rows.weight.double().sum(1)
    if bool((mass <= 0).any()):
        raise ValueError("a head has no label at all")
    c = torch.tensor(strengths, dtype=torch.float64, device=mass.device)
    form = shape(rows, 1 / (c * mass.median()))
    head = torch.arange(heads, device=mass.device).repeat_interleave(many)
    strength = torch.arange(many, device=mass.device).repeat(heads)
    columns = Columns(head, torch.full_like(head, NO_FOLD), 1 / (c[strength] * mass[head]), mass[head])
    fit = _Fit(rows, form, columns, strength, tolerance, gap, most)
    start = torch.zeros(len(columns), d + 1, dtype=torch.float64, device=mass.device)
    history: list[Pair] = []
    if mixed:
        with _tensor_cores():
            rough = replace(fit, tolerance=torch.inf, gap=ROUGH).run(start, keep=True)
        start, history = rough.u, rough.history
    elif (some := _some(fit)) is not None:
        rough = some.run(start, keep=True)
        start, history = rough.u, rough.history
    found = fit.run(start, history, watch, keep=bool(rows.folds))
    weight, bias = fit.raw(found.u)
    sweep = Sweep(
        strengths,
        weight.T.reshape(d, heads, many).cpu().numpy(),
        bias.reshape(heads, many).cpu().numpy(),
        found.value.reshape(heads, many).cpu().numpy(),
        found.met.reshape(heads, many).cpu().numpy(),
        found.rounds,
        float(found.steep.max()),
    )
    return _folded(sweep, fit, found) if rows.folds else sweep


def _some(fit: "_Fit") -> "_Fit | None":
    """The same fits on every eighth row: the first rounds need no more, and what they tell of the curvature holds for
    all. Solved only as far as so few rows can say. None where it would not pay: for one column, or for few rows."""
    rows = fit.rows
    n, d = rows.x.shape
    if len(fit.columns) == 1 or n < EACH * d * 2:
        return None
    few = replace(rows, x=rows.x[::EACH], y=rows.y[:, ::EACH], weight=rows.weight[:, ::EACH], folds=())
    mass = few.weight.double().sum(1)
    ones = (few.weight * few.y).double().sum(1)
    # A head that has hardly a label of one kind among them would be led astray.
    if bool((torch.minimum(ones, mass - ones) < 0.05 * mass).any()):
        return None
    columns = replace(fit.columns, total=mass[fit.columns.head])
    return replace(fit, rows=few, columns=columns, tolerance=torch.inf, gap=0.15 * d / len(few.x))


@contextmanager
def _tensor_cores() -> Iterator[None]:
    """float32 products may be made of TF32 parts, which a GPU makes many times as fast."""
    usual = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("high")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(usual)


@dataclass(frozen=True)
class _Fit:
    rows: Rows
    form: Shape
    columns: Columns
    strength: Tensor
    tolerance: float
    gap: float
    most: int

    def run(
        self, start: Tensor, history: list[Pair] | None = None, watch: Watch | None = None, keep: bool = False
    ) -> Found:
        def evaluate(u: Tensor, which: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            w, b = self.form.into_w(u, self.strength[which])
            value, down, slope = value_and_gradient(self.rows, self.columns.take(which), w, b)
            return (
                value,
                self.form.into_u(down, slope, self.strength[which]),
                torch.maximum(down.abs().amax(1), slope.abs()),
            )

        def done(steep: Tensor, decrement: Tensor) -> Tensor:
            return (steep <= self.tolerance) & (decrement <= self.gap)

        def tell(round: int, value: Tensor, u: Tensor) -> None:
            if watch is not None and len(u) == len(self.columns):
                weight, bias = self.raw(u)
                watch(round, *(part.cpu().numpy() for part in (value, weight.T, bias)))

        return minimise(evaluate, start, done, history=history, most=self.most, watch=tell, keep_history=keep)

    def raw(self, u: Tensor) -> tuple[Tensor, Tensor]:
        return self.rows.raw(*self.form.into_w(u, self.strength))


def _folded(sweep: Sweep, whole: _Fit, found: Found) -> Sweep:
    """The fits without each fold, from the fit with it, and what they say of it."""
    rows, heads, many, folds = whole.rows, sweep.weight.shape[1], len(sweep.strengths), len(whole.rows.folds)
    fold = torch.arange(folds, device=found.u.device).repeat_interleave(heads * many)
    source = torch.arange(heads * many, device=fold.device).repeat(folds)
    mass = torch.stack([rows.weight[:, start:stop].double().sum(1) for start, stop in rows.folds])
    total = (mass.sum(0) - mass)[fold, whole.columns.head[source]]
    if bool((total <= 0).any()):
        raise ValueError("without one of the folds a head has no label left")
    old = whole.columns.take(source)
    columns = Columns(old.head, fold, old.l2 * old.total / total, total)
    fit = _Fit(rows, whole.form, columns, whole.strength[source], whole.tolerance, whole.gap, whole.most)
    parts = fit.run(found.u[source], [pair.take(source) for pair in found.history])
    weight, bias = (part.float() for part in fit.raw(parts.u))
    loss, hits = np.zeros((2, heads, many, folds))
    logits = []
    for n, (start, stop) in enumerate(rows.folds):
        here = torch.nonzero(fold == n).squeeze(1)
        ask = partial(_logits, weight[here], bias[here])
        z = torch.cat(list(rows.crew(ask, rows.x[start:stop].split(8192))), 1)
        y, s = (part[:, None, start:stop] for part in (rows.y, rows.weight))
        each = z.reshape(heads, many, stop - start)
        share = s.double().sum(2).clamp_min(1e-30)
        loss[:, :, n] = (((softplus(each) - y * each) * s).double().sum(2) / share).cpu().numpy()
        hits[:, :, n] = ((((each > 0) == (y > 0.5)) * s).double().sum(2) / share).cpu().numpy()
        logits.append(each.cpu().numpy())
    best = loss.mean(2).argmin(1)
    held = np.concatenate([each[np.arange(heads), best].T for each in logits])
    return Sweep(
        sweep.strengths,
        sweep.weight,
        sweep.bias,
        sweep.objective,
        sweep.met & cast("NDArray[np.bool_]", parts.met.reshape(folds, heads, many).all(0).cpu().numpy()),
        sweep.rounds + parts.rounds,
        max(sweep.steepest, float(parts.steep.max())),
        loss,
        hits,
        held,
    )


def _logits(weight: Tensor, bias: Tensor, x: Tensor) -> Tensor:
    """(k, n) of x (n, d), weight (k, d) and bias (k,)."""
    return torch.addmm(bias[:, None], weight, x.float().T)
