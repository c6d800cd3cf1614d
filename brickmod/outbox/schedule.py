"""When a delivery that failed is tried again. Pure code."""

import random
from datetime import datetime, timedelta

# After the first failure, the second, …; the last one repeats. Short at first, as most failures are a restart.
STEPS = [timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 3600, 3 * 3600, 6 * 3600)]
GIVES_UP_AFTER = timedelta(hours=24)
_SOONEST = timedelta(seconds=1)
_LONGEST_WISH = timedelta(hours=1)


def next_try(
    tries: int, since: datetime, now: datetime, wish: timedelta = timedelta(0), chance: float | None = None
) -> datetime | None:
    """After `tries` failures since `since`; None: give up.

    Jitter (anything from a tenth of the step to all of it), so that an app that comes back is not met by all its events
    at once, and no bad luck makes a thousand tries of a day.
    `wish` is what the receiver asked for (Retry-After), kept up to an hour. The last try is made when the day is over.
    """
    end = since + GIVES_UP_AFTER
    if now >= end:
        return None
    step = STEPS[min(tries, len(STEPS)) - 1] if tries > 0 else _SOONEST
    luck = random.random() if chance is None else chance  # noqa: S311  (spread, not secrecy)
    pause = step * (0.1 + 0.9 * luck)
    return min(end, now + max(_SOONEST, pause, min(wish, _LONGEST_WISH)))
