"""Bursts in thirty quiet simulated days: how many false alarms; how soon a thousand black pictures are called.

The traffic is invented (moderation/alerts/simulated.py), the scan is the one in earnest, every half minute.
"""

import statistics

import numpy as np
from _common import Row, parser, percentile, report, say

LEARN, QUIET = 14, 30  # days
BURST, BURST_TICKS = 1000, 20  # in ten minutes
VERSION = "5.3.1"


def main() -> None:
    from moderation.alerts.scan import SWEEPS_A_DAY
    from moderation.alerts.simulated import HOUR, quiet, scan

    quick = parser(__doc__).parse_args().quick
    rows = []
    for a_minute in (2, 20):
        for seed in range(1 if quick else 2):
            random = np.random.default_rng(seed)
            days = 5 if quick else QUIET
            traffic = quiet(LEARN + days, a_minute, random)
            episodes, last = [], -HOUR
            for tick, seen in scan(traffic, LEARN * SWEEPS_A_DAY, (LEARN + days) * SWEEPS_A_DAY):
                if tick - last > HOUR:  # one alert for what goes on
                    episodes.append(seen[0])
                last = tick
            for burst in episodes:
                say(f"  false: {burst}")
            say(f"{a_minute} a minute, seed {seed}: {len(episodes)} false alarms in {days} quiet days")
            rows.append(Row(f"false alarms, {a_minute} a minute, seed {seed}", len(episodes), unit=f"in {days} days"))
        traffic = quiet(LEARN + 6, a_minute, random)  # on its fourteenth day the release takes over
        delays, named, called = [], 0, 0
        tries = 20 if quick else 60
        for _ in range(tries):
            at = int(random.integers(LEARN * SWEEPS_A_DAY, (LEARN + 3) * SWEEPS_A_DAY - 2 * BURST_TICKS))
            before = traffic.uploads.copy(), traffic.found.copy()
            traffic.add(at, BURST_TICKS, BURST, VERSION, ("quality", "bad_picture"), random)
            traffic._hours.clear()
            first = next(iter(scan(traffic, at, at + BURST_TICKS)), None)
            if first is not None:
                tick, seen = first
                called += 1
                delays.append((tick - at + 1) * 30)
                named += any(burst.version == VERSION and burst.detector == "quality" for burst in seen)
            traffic.uploads, traffic.found = before
        say(f"{a_minute} a minute: {called} of {tries} called, {named} with the version, slowest {max(delays)} s")
        rows += [
            Row(f"bursts called, {a_minute} a minute", called, tries, "all", "of them"),
            Row(f"bursts with the version named, {a_minute} a minute", named, tries, "all", "of them"),
            Row(f"time to call, {a_minute} a minute, median", statistics.median(delays), unit="s"),
            Row(f"time to call, {a_minute} a minute, p99", percentile(delays, 99), unit="s"),
        ]
    report("bursts", rows)


if __name__ == "__main__":
    main()
