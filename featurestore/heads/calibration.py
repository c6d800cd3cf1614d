"""From a head's logit to a probability that means what it says; of a form that ONNX can compute.

Two ways: temperature, p = sigmoid(scale z + shift) (Platt 1999; Guo et al. 2017; the shift also takes back what class
balancing moved), and isotonic, a rising curve of straight pieces (Zadrozny and Elkan 2002). The curve bends further and
so needs more data: it is taken only where, on labels that it had not seen, its log loss is lower by more than twice the
standard error of the difference.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression

PARTS = 5
MIX = 0.02  # of the temperature in the curve: keeps it rising where it is flat, and away from 0 and 1
KNOTS = 64
FEWEST_OF_A_CURVE = 200  # labels


@dataclass(frozen=True)
class Calibration:
    """p = sigmoid(scale z + shift), or with `knots` (z rising, p rising, float64 (m,)) MIX of that and the rest from
    the straight lines between the knots, level beyond them."""

    scale: float = 1.0
    shift: float = 0.0
    knots: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None

    @property
    def name(self) -> str:
        return "temperature" if self.knots is None else "isotonic"

    def __call__(self, z: NDArray[np.floating]) -> NDArray[np.float64]:
        """Probabilities (n,) of logits (n,)."""
        smooth = expit(self.scale * np.asarray(z, np.float64) + self.shift)
        if self.knots is None:
            return smooth
        return MIX * smooth + (1 - MIX) * np.interp(z, *self.knots)


def log_loss(p: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.float64]:
    """(n,) in nats. `y` may be chances. A probability that float32 cannot tell from 0 or 1 counts as 1e-7."""
    p = np.clip(np.asarray(p, np.float64), 1e-7, 1 - 1e-7)
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def temperature(
    z: NDArray[np.floating], y: NDArray[np.floating], weight: NDArray[np.floating] | None = None
) -> Calibration:
    """The scale and shift of least log loss. Targets are drawn in as by Platt, so that separable labels stay finite."""
    z = np.asarray(z, np.float64)
    weight = np.ones(len(z)) if weight is None else np.asarray(weight, np.float64)
    yes, no = float((weight * y).sum()), float((weight * (1 - y)).sum())
    target = y * (yes + 1) / (yes + 2) + (1 - y) / (no + 2)
    spread = float(z.std()) or 1.0

    def objective(a: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        t = np.exp(a[0]) * z / spread + a[1]
        residual = weight * (expit(t) - target) / weight.sum()
        value = float((weight * (np.logaddexp(0, t) - target * t)).sum() / weight.sum())
        return value, np.array([(residual * np.exp(a[0]) * z / spread).sum(), residual.sum()])

    # The scale is exp(a) and so never turns the order of scores around.
    found = minimize(objective, np.zeros(2), jac=True, method="L-BFGS-B", bounds=[(-8, 8), (-50, 50)])
    return Calibration(float(np.exp(found.x[0])) / spread, float(found.x[1]))


def isotonic(
    z: NDArray[np.floating], y: NDArray[np.floating], weight: NDArray[np.floating] | None = None
) -> Calibration:
    """The rising curve of least squared error, by pooling adjacent violators."""
    smooth = temperature(z, y, weight)
    fitted = IsotonicRegression(y_min=0, y_max=1).fit(np.asarray(z, np.float64), y, sample_weight=weight)
    knots, heights = fitted.X_thresholds_, fitted.y_thresholds_
    if len(knots) > KNOTS:
        kept = np.unique(np.linspace(0, len(knots) - 1, KNOTS).round().astype(np.intp))
        knots, heights = knots[kept], heights[kept]
    # Two knots that float32 cannot tell apart would divide by nothing.
    apart = np.append(True, np.diff(knots) > 1e-5 * np.maximum(1, np.abs(knots[1:])))
    return Calibration(smooth.scale, smooth.shift, (knots[apart], np.maximum.accumulate(heights[apart])))


def choose(
    z: NDArray[np.floating],
    y: NDArray[np.floating],
    weight: NDArray[np.floating] | None = None,
    group: NDArray[np.integer] | None = None,
    seed: int = 0,
) -> Calibration:
    """The better way on `z` (n,), `y` (n,), fitted on all of it. Rows of one `group` are never on both sides."""
    weight = np.ones(len(z)) if weight is None else np.asarray(weight, np.float64)
    if len(z) < FEWEST_OF_A_CURVE:
        return temperature(z, y, weight)
    part = parts(np.arange(len(z)) if group is None else group, PARTS, seed)
    gain = np.zeros(len(z))
    for n in range(PARTS):
        rest, exam = part != n, part == n
        if len(set(y[rest] > 0.5)) < 2 or not exam.any():
            return temperature(z, y, weight)
        losses = [log_loss(way(z[rest], y[rest], weight[rest])(z[exam]), y[exam]) for way in (temperature, isotonic)]
        gain[exam] = losses[0] - losses[1]
    mean, error = mean_and_error(gain, weight, group)
    return isotonic(z, y, weight) if mean > 2 * error else temperature(z, y, weight)


def mean_and_error(
    each: NDArray[np.floating], weight: NDArray[np.floating], group: NDArray[np.integer] | None = None
) -> tuple[float, float]:
    """Weighted mean of `each` (n,) and its standard error, rows of one group counting as one draw."""
    mean = float((weight * each).sum() / weight.sum())
    deviation = weight * (each - mean)
    if group is not None:
        deviation = np.bincount(np.unique(group, return_inverse=True)[1], deviation)
    return mean, float(np.sqrt((deviation**2).sum()) / weight.sum())


def parts(group: NDArray[np.integer], many: int, seed: int) -> NDArray[np.intp]:
    """(n,) in 0..many-1: groups dealt out at random, the large ones first so that parts are of nearly equal size."""
    _, which, sizes = np.unique(group, return_inverse=True, return_counts=True)
    order = np.argsort(-sizes[shuffled := np.random.default_rng(seed).permutation(len(sizes))], kind="stable")
    place = np.empty(len(sizes), np.intp)
    filled = np.zeros(many, np.int64)
    large = sizes[shuffled[order]] > 1
    for one in shuffled[order][large]:
        place[one] = filled.argmin()
        filled[place[one]] += sizes[one]
    singles = shuffled[order][~large]
    place[singles] = (np.arange(len(singles)) + int(filled.argmin())) % many
    return place[which]
