"""A store with two encoders, labels, and a last week that is unlike the weeks before."""

from datetime import date, timedelta

import numpy as np

from featurestore.store import get_store
from featurestore.store.base import NewFeature, NewLabel

TODAY = date(2026, 3, 1)
DIM = 6


def fill() -> list:
    rng = np.random.default_rng(0)
    store = get_store()
    features, values = [], []
    for n in range(160):
        ago = n % 32  # 5 a day
        vector = rng.normal(size=DIM).astype(np.float32) + (2 if ago < 7 else 0)
        features.append(NewFeature("image@1", "picture", vector, "DK" if n % 4 else "DE", TODAY - timedelta(ago)))
        values.append("yes" if ago < 7 else "no")
    features.append(NewFeature("text@1", "text", np.zeros(4, np.float32), "DK", TODAY))
    ids = store.put(features)
    store.label(
        [NewLabel(id, "face", value, "moderator", 1, TODAY) for id, value in zip(ids, values, strict=False) if value]
    )
    store.label([NewLabel(ids[0], "face", "no", "second_look", 1, TODAY)])
    store.label([NewLabel(ids[1], "face", "no", "moderator", 1, TODAY, withdrawn=True)])
    return ids
