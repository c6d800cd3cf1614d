"""Keeps the processes of a run alive, and ends all of them when it is told to.

Each process has a session of its own, so that Ctrl-C reaches the supervisor alone and it can end them in order, and so
that a process and all that it started can be ended together.
"""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from brickmod.run import guard
from brickmod.run.console import Console
from brickmod.run.environment import ROOT
from brickmod.run.processes import Process

TICK = 0.1
GRACE = 10.0  # what is at work may finish it
GRACE_SERVERS = 4.0
FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
STEADY = 30.0  # seconds after which a process that dies is not counted as failing again and again


@dataclass
class _Child:
    process: Process
    popen: subprocess.Popen[bytes]
    reader: threading.Thread
    since: float


class Supervisor:
    """Starts, restarts and ends. Everything but the reading of output happens in the thread that made it."""

    def __init__(self, environ: dict[str, str], console: Console, lock: IO[str]) -> None:
        self._environ = environ
        self._console = console
        self._children: dict[str, _Child] = {}
        self._due: dict[str, tuple[float, Process]] = {}
        self._failures: dict[str, int] = {}
        self.stopping = ""
        self._hurry = False
        # The guard holds the lock too: a run that comes next waits for what a killed one left behind.
        self._guard = subprocess.Popen(
            [sys.executable, "-I", str(Path(guard.__file__))],
            stdin=subprocess.PIPE,
            start_new_session=True,
            pass_fds=[lock.fileno()],
        )
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._told)

    def _told(self, number: int, _frame: FrameType | None) -> None:
        # Only flags: a handler that takes a lock can wait for the very code that it interrupted.
        self._hurry = bool(self.stopping)
        self.stopping = signal.Signals(number).name

    # -- starting ------------------------------------------------------------------------------------------------
    def begin(self, process: Process) -> None:
        """Start it, and start it again whenever it ends, until `stop`."""
        child = self._spawn(process)
        self._children[process.name] = child

    def step(self, name: str, command: list[str]) -> int:
        """Run something once, while the others are kept alive. Returns its exit code; 143 when told to stop."""
        child = self._spawn(Process(name, command))
        while child.popen.poll() is None and not self.stopping:
            self.tend()
        told = child.popen.poll() is None
        self._end([child], 3.0)
        return 143 if told else child.popen.returncode

    def _spawn(self, process: Process) -> _Child:
        popen = subprocess.Popen(
            process.command,
            cwd=ROOT,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._tell_guard("+", popen.pid)
        reader = threading.Thread(target=self._relay, args=(process.name, popen.stdout), daemon=True)
        reader.start()
        return _Child(process, popen, reader, time.monotonic())

    def _relay(self, name: str, output: IO[bytes]) -> None:
        for line in output:
            if text := line.decode("utf-8", "replace").rstrip():
                self._console.line(name, text)

    def _tell_guard(self, sign: str, group: int) -> None:
        assert self._guard.stdin is not None
        try:
            self._guard.stdin.write(f"{sign}{group}\n".encode())
            self._guard.stdin.flush()
        except BrokenPipeError:
            pass  # somebody killed the guard; `stop` works without it

    # -- keeping alive -------------------------------------------------------------------------------------------
    def tend(self) -> None:
        """Look after the processes for one tick."""
        time.sleep(TICK)
        now = time.monotonic()
        for name, child in list(self._children.items()):
            if child.popen.poll() is not None:
                del self._children[name]
                self._end([child], 0.0)
                self._later(child, now)
        for name, (due, process) in list(self._due.items()):
            if now >= due:
                del self._due[name]
                self.begin(process)

    def _later(self, child: _Child, now: float) -> None:
        name, code = child.process.name, child.popen.returncode
        failures = 0 if now - child.since > STEADY else self._failures.get(name, 0)
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2**failures)
        self._failures[name] = failures + 1
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        self._console.say(f"{name} {how}; it starts again in {delay:g} s", "red")
        self._due[name] = (now + delay, child.process)

    # -- ending --------------------------------------------------------------------------------------------------
    def stop(self) -> None:
        """End everything, within 20 seconds: first what works, then the servers that it works with."""
        self._due.clear()
        children = list(self._children.values())
        self._children.clear()
        self._end([child for child in children if not child.process.serves], GRACE)
        self._end([child for child in children if child.process.serves], GRACE_SERVERS)
        if self._guard.stdin is not None:
            self._guard.stdin.close()
        self._guard.wait(guard.GRACE_SECONDS + 2)

    def _end(self, children: list[_Child], grace: float) -> None:
        for child in children:
            if child.process.serves:
                guard.signal_group(child.popen.pid, signal.SIGTERM)
            else:
                # Only the first of the group: it knows how to end its own (a Celery worker lets them finish).
                child.popen.terminate()
        self._wait(grace, lambda: all(child.popen.poll() is not None for child in children))
        for child in children:
            if child.popen.poll() is None:
                self._console.say(f"{child.process.name} does not stop and is killed", "yellow")
                guard.signal_group(child.popen.pid, signal.SIGKILL)
                child.popen.wait()
        # What they left behind: workers of a master that was killed still hold its port and its task.
        left = {child.popen.pid for child in children if guard.signal_group(child.popen.pid, signal.SIGTERM)}
        self._wait(1.0, lambda: not any(guard.signal_group(group, 0) for group in left))
        for child in children:
            guard.signal_group(child.popen.pid, signal.SIGKILL)
            self._tell_guard("-", child.popen.pid)
            child.reader.join(1.0)

    def _wait(self, seconds: float, done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + seconds
        while not done() and time.monotonic() < deadline and not self._hurry:
            time.sleep(0.02)
