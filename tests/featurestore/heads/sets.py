"""Data sets with a known truth."""

import numpy as np

from featurestore.store.base import Dataset


def simulated(n=600, d=24, *, seed=0, bent=False, share=0.3):
    """(data set, splits): "yes" by a straight cut through the vectors, or with `bent` by a product of two of them."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d)).astype(np.float32)
    z = 4 * x[:, 0] * x[:, 1] if bent else 2 * x[:, :4].sum(1)
    yes = z + rng.logistic(size=n) > np.quantile(z, 1 - share)
    data = Dataset(
        task="toy",
        encoder="enc-1",
        keys=np.sort(np.frombuffer(rng.bytes(16 * n), "S16")),
        x=x,
        y=np.where(yes, "yes", "no"),
        weight=np.ones(n, np.float32),
        source=rng.choice(["moderator", "audit"], n),
        day=np.datetime64("2026-01-01") + rng.integers(0, 30, n),
        values=("no", "yes"),
        chance=np.stack([~yes, yes], 1).astype(np.float32),
        label_view="strongest@1",
    )
    return data, rng.choice(["train", "validation", "exam"], n, p=[0.7, 0.15, 0.15])
