"""Times kept as counts in bins that grow by a tenth: sums over any hours, and quantiles that are 5 % off at most.

Bin n takes times from FIRST * STEP**n seconds up to STEP times that; what is shorter is in bin 0, what is longer in the
last. No Django here.
"""

from collections.abc import Mapping
from math import log

FIRST, STEP, BINS = 0.2, 1.1, 100  # 0.2 s to 46 min
LONGEST = 600.0  # somebody went for coffee: as handling time it counts no more than this


def bin_of(seconds: float) -> int:
    """`seconds` >= 0."""
    return 0 if seconds <= FIRST else min(BINS - 1, int(log(seconds / FIRST) / log(STEP)))


def quantile(counts: Mapping[int, int], q: float) -> float | None:
    """Seconds below which a share `q` of all times lies (its bin's geometric middle); None of nothing."""
    total = sum(counts.values())
    if not total:
        return None
    rank, before = max(1.0, q * total), 0
    for n in sorted(counts):
        before += counts[n]
        if before >= rank:
            return float(FIRST * STEP ** (n + 0.5))
    raise AssertionError("the last bin holds the last time")
