"""The feature store. `get_store()` is the one door; which backend is behind it is the setting FEATURESTORE."""

from functools import cache
from typing import cast

from django.conf import settings

from featurestore.store.base import FeatureStore

BACKENDS = ("database", "segments", "dynamodb")


def get_store() -> FeatureStore:
    """The store of the settings. What FEATURE_HIDING says is done to vectors on their way in, here and nowhere else."""
    store = open_store(settings.FEATURESTORE)
    if settings.FEATURE_HIDING == "none":
        return store
    from featurestore.privacy.hiding import HidingStore

    return cast(FeatureStore, HidingStore(store))


@cache
def open_store(name: str) -> FeatureStore:
    """A backend by name; one of each in a process."""
    if name == "database":
        from featurestore.store.database import DatabaseStore

        return DatabaseStore()
    if name == "segments":
        from featurestore.store.segments import SegmentStore

        return SegmentStore()
    if name == "dynamodb":
        from featurestore.store.dynamodb import DynamoStore

        return DynamoStore.configured()
    raise ValueError(f"there is no backend {name!r}; there are {', '.join(BACKENDS)}")
