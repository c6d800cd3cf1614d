"""From evidence and vectors to a training set: pure functions on what any backend gives in bulk."""

from datetime import date

import numpy as np

from featurestore.labels import splits, views
from featurestore.store.base import Dataset, FeatureStore
from featurestore.store.widening import empty, scatter


class Datasets(FeatureStore):
    """The half of a backend that is the same for all."""

    def dataset(
        self,
        task: str,
        encoder: str,
        view: str = "",
        since: date | None = None,
        *,
        split: str = "",
        label_view: str = "",
        dtype: type[np.float32] | type[np.float16] = np.float32,
    ) -> Dataset:
        if split:
            splits.check(split)  # before anything is read
        evidence = self.evidence(task, encoder, view, since)
        labels = views.apply(label_view, evidence, task)
        features = evidence.features.take(labels.row)
        x = empty((len(features), self.encoders()[encoder]), dtype)
        keep = np.zeros(len(features), np.bool_)
        for places, block in self.sweep(encoder, features.keys):
            scatter(block, places, x)
            keep[places] = True
        if not keep.all():  # forgotten between the two reads
            x[~keep] = 0
        if split:
            keep &= splits.split(features, x) == split
        if not keep.all():
            features, labels, x = features.take(keep), labels.take(keep), x[keep]
        return Dataset(
            task,
            encoder,
            features.keys,
            x,
            labels.value,
            labels.weight,
            labels.source,
            features.day,
            labels.values,
            labels.chance,
            labels.view,
            split,
        )
