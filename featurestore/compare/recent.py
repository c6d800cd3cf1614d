"""What was computed a moment ago, in this process."""

import time
from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any

FRESH = 60.0
KEPT = 16


class Recent:
    """The newest few values, none older than FRESH. Threads may ask at once."""

    def __init__(self) -> None:
        self._values: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Any:
        with self._lock:
            at, value = self._values.get(key, (0.0, None))
            return value if time.monotonic() - at < FRESH else None

    def put(self, key: Hashable, value: Any) -> None:
        with self._lock:
            self._values[key] = (time.monotonic(), value)
            self._values.move_to_end(key)
            while len(self._values) > KEPT:
                self._values.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
