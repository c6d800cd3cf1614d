"""How long heads take to train: one, ten at once, and ten with their strength chosen; and to compare two on a page.

The peer is scikit-learn, in this process, on the same vectors and labels, with as many threads. Each row is at equal
accuracy and equal convergence, or the benchmark fails: on rows that neither had seen ours is at most 0.1 point lower,
and its objective, computed anew in float64, at most a millionth of a nat higher in the mean of the heads and five in
any. By default the vectors' numbers are independent, with which scikit-learn needs the fewest rounds; `--vectors
encoder` has an encoder's structure.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch
from _common import Row, parser, report, say
from _compare_page import page_rows
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV

from featurestore.heads.solver import train_many

N, DIM, HEADS, FOLDS = 100_000, 1280, 10, 5
STRENGTHS = tuple(np.logspace(-4, 3, 8))
FIXED = 1.0
POINT = 0.001
NATS = 5e-6  # of the mean loss; scikit-learn's own rule lets its gradient be 1e-4


@dataclass(frozen=True)
class Sets:
    """`x` float32 (n, DIM) and `y` int8 (n, HEADS) to learn from; as many heads and a fifth of the rows to ask."""

    x: NDArray[np.float32]
    y: NDArray[np.int8]
    asked: NDArray[np.float32]
    truth: NDArray[np.int8]


def sets(n: int, kind: str, seed: int = 1) -> Sets:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n + n // 5, DIM), dtype=np.float32)
    if kind == "encoder":
        strength = (rng.normal(size=(len(x), 60)) * rng.gamma(2, 1, 60)).astype(np.float32)
        x = np.maximum(0.1 * strength @ rng.normal(size=(60, DIM)).astype(np.float32) + x + 0.5, 0)
        x *= 10 / np.linalg.norm(x, axis=1, keepdims=True)
    z = x @ rng.normal(size=(DIM, HEADS)).astype(np.float32)
    z = 3 * (z - z.mean(0)) / z.std(0) + rng.logistic(size=z.shape)
    y = (z > np.quantile(z, rng.uniform(0.5, 0.8, HEADS), axis=0).diagonal()).astype(np.int8)
    return Sets(x[:n], y[:n], x[n:], y[n:])


def main() -> None:
    asked = parser(__doc__)
    asked.add_argument("--vectors", choices=["independent", "encoder"], default="independent")
    asked.add_argument("--rounds", type=int, help="of `train` and `many`; the fastest of each side counts")
    asked.add_argument(
        "--peers", type=int, help="heads that scikit-learn tunes (default 10, quick 1); times 10 / PEERS"
    )
    options = asked.parse_args()
    rounds, peers = options.rounds or (2 if options.quick else 5), options.peers or (1 if options.quick else HEADS)
    say(f"threads: {torch.get_num_threads()} of torch and of OpenBLAS; {options.vectors} numbers; {rounds} rounds")
    data = sets(N, options.vectors)
    rows = [train(data, rounds), many(data, rounds)]
    few = sets(20_000, options.vectors) if options.quick else data
    rows.append(tuned(few, peers))
    rows += page_rows(rounds=5 if options.quick else 20)
    report("training", rows)


def train(data: Sets, rounds: int) -> Row:
    """One head at a fixed strength."""
    ours, theirs, sweep, models = _both(data, 1, rounds)
    _equal("train", data, sweep.weight[:, :, 0], sweep.bias[:, 0], models)
    return Row("train", ours, theirs, "LogisticRegression", "s")


def many(data: Sets, rounds: int) -> Row:
    """All heads at a fixed strength; the time of each."""
    ours, theirs, sweep, models = _both(data, HEADS, rounds)
    _equal("many", data, sweep.weight[:, :, 0], sweep.bias[:, 0], models)
    return Row("many", ours / HEADS, theirs / HEADS, "LogisticRegression", "s a head")


def tuned(data: Sets, peers: int) -> Row:
    """All heads, the strength of each by cross-validation, fitted anew on all rows."""
    folds = np.arange(len(data.x)) * FOLDS // len(data.x)
    cut = [(np.flatnonzero(folds != n), np.flatnonzero(folds == n)) for n in range(FOLDS)]
    ours, sweep = _timed(lambda: train_many(data.x, data.y, None, STRENGTHS, folds, balanced=False))
    say(f"tuned: ours {ours:.1f} s, {sweep.rounds} sweeps, steepest {sweep.steepest:.1e}")
    theirs, models, apart = 0.0, [], 0.0
    assert sweep.held_hits is not None
    for head in range(peers):
        model = LogisticRegressionCV(
            Cs=STRENGTHS, cv=cut, scoring="accuracy", use_legacy_attributes=False, l1_ratios=(0,)
        )
        seconds, model = _timed(partial(model.fit, data.x, data.y[:, head]))
        theirs += seconds
        models.append(model)
        apart = max(apart, float(np.abs(model.scores_.reshape(FOLDS, -1).T - sweep.held_hits[head]).max()))
        say(f"tuned: LogisticRegressionCV of head {head} {seconds:.1f} s")
    say(f"tuned: accuracies of {len(STRENGTHS)} strengths on {FOLDS} folds: at most {100 * apart:.2f} points apart")
    # At the strength that scikit-learn chose, so that one objective is compared; each side's own choice for accuracy.
    at = [int(np.abs(np.log(np.array(STRENGTHS) / float(np.ravel(model.C_)[0]))).argmin()) for model in models]
    heads = np.arange(peers)
    _equal("tuned", data, sweep.weight[:, heads, at], sweep.bias[heads, at], models, [STRENGTHS[n] for n in at])
    best = sweep.best[:peers]
    _accurate("tuned, own choice", data, sweep.weight[:, heads, best], sweep.bias[heads, best], models)
    return Row("tuned", ours, theirs * HEADS / peers, f"{HEADS} LogisticRegressionCV", "s")


def _both(data: Sets, heads: int, rounds: int) -> tuple[float, float, Any, list[Any]]:
    """(our seconds, theirs for all heads, our sweep, their models): the least of `rounds`, by turns."""
    y = data.y[:, :heads]
    ours, theirs, sweep, models = [], [], None, []
    for _ in range(rounds):
        seconds, sweep = _timed(lambda: train_many(data.x, y, None, (FIXED,), balanced=False))
        ours.append(seconds)
        fits = [_timed(partial(LogisticRegression(C=FIXED).fit, data.x, y[:, head])) for head in range(heads)]
        theirs.append(sum(seconds for seconds, _ in fits))
        models = [model for _, model in fits]
    for name, seconds in (("ours", ours), ("theirs", theirs)):
        say(f"{heads} heads, {name}: {', '.join(f'{one:.2f}' for one in seconds)} s")
    return min(ours), min(theirs), sweep, models


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """(seconds, what was made). What it cost of the cores is told too: on a busy machine that says more."""
    began, worked = time.perf_counter(), time.process_time()
    made = work()
    seconds = time.perf_counter() - began
    say(f"    {seconds:.2f} s, {time.process_time() - worked:.2f} s of cores")
    return seconds, made


def _equal(
    case: str,
    data: Sets,
    weight: NDArray[np.float64],
    bias: NDArray[np.float64],
    models: list[Any],
    strengths: list[float] | None = None,
) -> None:
    """Fails unless ours (weight (DIM, heads), bias (heads,)) is as near to the optimum and as right as `models`."""
    _accurate(case, data, weight, bias, models)
    apart = []
    for head, model in enumerate(models):
        strength = strengths[head] if strengths else FIXED
        value, slope = _objective(data, head, strength, weight[:, head], float(bias[head]))
        peer, peer_slope = _objective(data, head, strength, model.coef_[0], float(np.ravel(model.intercept_)[0]))
        say(f"{case}, head {head}: objective {value - peer:+.1e}; steepest {slope:.1e}, theirs {peer_slope:.1e}")
        if value > peer + NATS:
            raise SystemExit(f"{case}: our objective is {value - peer:.1e} higher: not at equal convergence")
        apart.append(value - peer)
    if np.mean(apart) > NATS / 5:
        raise SystemExit(f"{case}: our objectives are {np.mean(apart):.1e} higher: not at equal convergence")


def _accurate(case: str, data: Sets, weight: NDArray[np.float64], bias: NDArray[np.float64], models: list[Any]) -> None:
    for head, model in enumerate(models):
        truth = data.truth[:, head]
        ours = float(((data.asked @ weight[:, head].astype(np.float32) + bias[head] > 0) == truth).mean())
        theirs = float((model.predict(data.asked) == truth).mean())
        say(f"{case}, head {head}: accuracy {ours:.4f}, theirs {theirs:.4f}")
        if ours < theirs - POINT:
            raise SystemExit(f"{case}: accuracy {ours:.4f}, theirs {theirs:.4f}: not at equal accuracy")


def _objective(
    data: Sets, head: int, strength: float, weight: NDArray[np.floating], bias: float
) -> tuple[float, float]:
    """(mean loss with its penalty, largest entry of its gradient) in float64: scikit-learn's own measures."""
    w, y = weight.astype(np.float64), data.y[:, head].astype(np.float64)
    value, slope, gradient = 0.0, 0.0, np.zeros(DIM)
    for start in range(0, len(y), 8192):
        x, truth = data.x[start : start + 8192].astype(np.float64), y[start : start + 8192]
        z = x @ w + bias
        value += float((np.logaddexp(0, z) - truth * z).sum())
        residual = 1 / (1 + np.exp(-z)) - truth
        slope += float(residual.sum())
        gradient += residual @ x
    l2 = 1 / (strength * len(y))
    steep = max(float(np.abs(gradient / len(y) + l2 * w).max()), abs(slope) / len(y))
    return value / len(y) + l2 / 2 * float(w @ w), steep


if __name__ == "__main__":
    main()
