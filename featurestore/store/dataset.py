"""From evidence and vectors to a training set: pure functions on what any backend gives in bulk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from featurestore.store.base import Dataset, Evidence, FeatureStore

# Strongest first: which evidence wins where several sources labelled one feature.
STRENGTH: Mapping[str, int] = {"second_look": 5, "audit": 4, "moderator": 3, "import": 2, "weak": 1}


@dataclass(frozen=True)
class Standing:
    """One label for some of an Evidence's features: `row` int64 (k,) rising, into its `features`; the rest (k,)."""

    row: NDArray[np.int64]
    value: NDArray[np.str_]
    weight: NDArray[np.float32]
    source: NDArray[np.str_]


def strongest(evidence: Evidence) -> Standing:
    """Each feature's newest label of its strongest source. A withdrawal takes back what its source said before."""
    names, source = np.unique(evidence.source, return_inverse=True)
    spoken = evidence.row * max(len(names), 1) + source
    # The last word of each source on each feature; np.unique finds first places, so it looks from the end.
    _, from_end = np.unique(spoken[::-1], return_index=True)
    last = len(spoken) - 1 - from_end
    last = last[~evidence.withdrawn[last]]
    strength = np.array([STRENGTH.get(str(name), 0) for name in names], np.int64)[source[last]]
    best = np.lexsort((last, strength, evidence.row[last]))
    row = evidence.row[last][best]
    ends = np.append(row[1:] != row[:-1], True) if len(row) else np.zeros(0, bool)
    chosen = last[best][ends]
    return Standing(evidence.row[chosen], evidence.value[chosen], evidence.confidence[chosen], evidence.source[chosen])


class Datasets(FeatureStore):
    """The half of a backend that is the same for all."""

    def dataset(
        self,
        task: str,
        encoder: str,
        view: str = "",
        since: date | None = None,
        *,
        dtype: type[np.float32] | type[np.float16] = np.float32,
    ) -> Dataset:
        evidence = self.evidence(task, encoder, view, since)
        stands = strongest(evidence)
        features = evidence.features.take(stands.row)
        x = np.empty((len(features), self.encoders()[encoder]), dtype)
        there = np.zeros(len(features), np.bool_)
        for places, block in self.sweep(encoder, features.keys):
            x[places] = block
            there[places] = True
        if not there.all():  # forgotten between the two reads
            features, x = features.take(there), x[there]
        y, weight, source = stands.value[there], stands.weight[there], stands.source[there]
        return Dataset(task, encoder, features.keys, x, y, weight, source, features.day)
