"""Pairs as arrays: what the statistics read, whatever they were stored as."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Pairs:
    """n parts that a champion (a) and a challenger (b) both looked at, in no order.

    `a_score`, `b_score` float32 (n,) in 0..1; `a_hit`, `b_hit` bool (n,): reached the threshold that served then.
    `label` int8 (n,): 1 what the task looks for, 0 not, -1 nobody said. `chance` float32 (n,) in 0..1: with which a
    person was going to see it, all ways together, whichever way it then came: 1 for what is not rejected (in the audit
    sample or not), and audit + (1 - audit) x recheck for what is. A label counts by it, so labels come from being seen
    that way and from no other. `stratum` int8 (n,) into `strata`. `day` datetime64[D] (n,). `slices`: name ("market",
    "language", "device") -> (codes int16 (n,), names): the name of row i is names[codes[i]], "" where it is not known.
    """

    a_score: NDArray[np.float32]
    b_score: NDArray[np.float32]
    a_hit: NDArray[np.bool_]
    b_hit: NDArray[np.bool_]
    label: NDArray[np.int8]
    chance: NDArray[np.float32]
    stratum: NDArray[np.int8]
    strata: tuple[str, ...]
    day: NDArray[np.datetime64]
    slices: dict[str, tuple[NDArray[np.int16], tuple[str, ...]]]

    def __len__(self) -> int:
        return len(self.a_score)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which have a label."""
        return self.label >= 0
