"""The kinds of head that a training tries, and which of two is taken."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from featurestore.heads.calibration import log_loss, mean_and_error, temperature
from featurestore.heads.material import Part
from featurestore.heads.mlp import EPOCHS, train_mlp
from featurestore.heads.shared import balance
from featurestore.heads.solver import train_many
from featurestore.heads.trained import Curve
from featurestore.heads.write import Layers

Tell = Callable[[float, str, Curve], None]


@dataclass(frozen=True)
class Candidate:
    """A head before calibration. `kind`: "logistic" or "mlp". `curve`: (round or epoch, loss of training, log loss of
    validation or None), both with balanced answers."""

    kind: str
    layers: Layers
    curve: Curve

    def logits(self, x: NDArray[np.floating]) -> NDArray[np.float64]:
        """(n,) of vectors (n, d), computed in float32 as the file will."""
        return logits(self.layers, x)


def logits(layers: Layers, x: NDArray[np.floating]) -> NDArray[np.float64]:
    z = np.asarray(x, np.float32)
    for n, (weight, bias) in enumerate(layers):
        z = z @ weight.astype(np.float32) + bias.astype(np.float32)
        z = np.maximum(z, 0) if n < len(layers) - 1 else z
    return z[:, 0].astype(np.float64)


def logistic(train: Part, validation: Part, strength: float, tell: Tell) -> Candidate:
    """The fit on all of `train`. Its objective includes the penalty."""
    curve: Curve = []
    weight = _balanced(validation)

    def watch(round: int, objective: NDArray[np.float64], w: NDArray[np.float64], b: NDArray[np.float64]) -> None:
        held = _loss(logits([(w, b)], validation.x), validation.y, weight)
        curve.append((round, float(objective[0]), held))
        tell(0.45, f"fitting a logistic head, round {round}", curve)

    fit = train_many(train.x, train.y[:, None], train.weight, (strength,), scale=True, watch=watch)
    return Candidate("logistic", [(fit.weight[:, 0, :], fit.bias[0])], curve)


def network(train: Part, validation: Part, aside: NDArray[np.bool_], seed: int, tell: Tell) -> Candidate:
    """A small network on `train`; the rows `aside` of it say when to stop."""
    curve: Curve = []

    def watch(epoch: int, loss: float, held: float) -> None:
        curve.append((epoch, loss, held))
        tell(0.5 + 0.35 * epoch / EPOCHS, f"fitting a small network, epoch {epoch}", curve)

    weight = balance(train.y[:, None], train.weight[:, None])[:, 0]
    found = train_mlp(train.x, train.y, weight, aside, seed=seed, watch=watch)
    return Candidate("mlp", found.layers, curve)


def wins(new: Candidate, old: Candidate, validation: Part) -> tuple[bool, str]:
    """Whether `new` has the lower log loss on validation by more than two standard errors of the difference; and a
    sentence. Both are tempered first: which is better must not hang on which is more timid."""
    weight = _balanced(validation)
    if weight is None:
        return False, "A network was not tried: validation has one answer alone."
    each = []
    for one in (old, new):
        z = one.logits(validation.x)
        each.append(log_loss(temperature(z, validation.y, weight)(z), validation.y))
    gain, error = mean_and_error(each[0] - each[1], weight, validation.group)
    won = gain > 2 * error
    verb = "is taken" if won else "is not taken"
    return won, (
        f"A small network {verb}: its log loss on validation is {abs(gain):.4f} ± {2 * error:.4f}"
        f" {'lower' if gain > 0 else 'higher'} than the logistic head's."
    )


def _balanced(part: Part) -> NDArray[np.float64] | None:
    return balance(part.y[:, None], part.weight[:, None])[:, 0] if len(part) and part.rarer else None


def _loss(z: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64] | None) -> float | None:
    if weight is None:
        return None
    return float((weight * (np.logaddexp(0, z) - y * z)).sum() / weight.sum())
