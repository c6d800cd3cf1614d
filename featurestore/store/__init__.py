"""The feature store. `get_store()` is the one door."""

from functools import cache

from featurestore.store.base import FeatureStore


@cache
def get_store() -> FeatureStore:
    from featurestore.store.database import DatabaseStore

    return DatabaseStore()
