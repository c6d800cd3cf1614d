"""Sees to it that nothing outlives a supervisor which was killed and could not clean up.

Started by the supervisor with a pipe on stdin, over which it hears of each process group that begins ("+123") and ends
("-123"). The pipe closes when the supervisor is gone, for whatever reason: what is still on the list is then ended.
Plain Python without a package, so that it costs a few MB and no time.
"""

import os
import signal
import sys
import time

GRACE_SECONDS = 8.0


def signal_group(group: int, number: int) -> bool:
    """False when there is no such group any more."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def end(groups: set[int]) -> None:
    for group in groups:
        signal_group(group, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while groups and time.monotonic() < deadline:
        time.sleep(0.1)
        groups = {group for group in groups if signal_group(group, 0)}
    for group in groups:
        signal_group(group, signal.SIGKILL)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    end(groups)


if __name__ == "__main__":
    main()
