"""The feature store. `get_store()` is the one door; which backend is behind it is the setting FEATURESTORE."""

from functools import cache

from django.conf import settings

from featurestore.store.base import FeatureStore

BACKENDS = ("database", "segments", "dynamodb")


def get_store() -> FeatureStore:
    return open_store(settings.FEATURESTORE)


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
