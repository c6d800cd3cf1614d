"""The supervisor with small processes of all kinds: obedient, dying, deaf, and with children of their own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from brickmod.run.environment import ROOT

# A run of its own in another process: signal handlers belong to the main thread of a process, and this one is pytest's.
RUN = """
import os, sys, time
from brickmod.run.console import Console
from brickmod.run.processes import Process
from brickmod.run.supervisor import Supervisor
with open(sys.argv[1] + "/lock", "w") as lock:
    supervisor = Supervisor(dict(os.environ), Console(), lock)
    for number, code in enumerate(sys.argv[2:]):
        supervisor.begin(Process(f"p{number}", [sys.executable, "-c", code], serves=code.startswith("# serves")))
    print("started", flush=True)
    while not supervisor.stopping:
        supervisor.tend()
    supervisor.stop()
"""
# Each writes its own process id, and ends by itself in a minute whatever goes wrong here.
OBEDIENT = """
import os, sys, time
open('{folder}/{name}', 'a').write(f'{{os.getpid()}}\\n')
print('hello from {name}', flush=True)
time.sleep(60)
"""
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + OBEDIENT
PARENT = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}]); " + OBEDIENT


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"  # dead, and only not yet collected


def until(true: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


class Runs:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, *codes: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", RUN, str(self.folder), *codes]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
        return self.process

    def code(self, pattern: str, name: str, child: str = "") -> str:
        return pattern.format(folder=self.folder, name=name, child=child)

    def pids(self, name: str) -> list[int]:
        file = self.folder / name
        return [int(line) for line in file.read_text().split()] if file.exists() else []


@pytest.fixture
def runs(tmp_path):
    runs = Runs(tmp_path)
    yield runs
    if runs.process.poll() is None:
        runs.process.kill()
        runs.process.wait()


def test_a_dead_process_is_started_again_and_says_why(runs):
    runs.start(runs.code(OBEDIENT, "one"), runs.code(OBEDIENT, "two"))
    until(lambda: runs.pids("one") and runs.pids("two"))
    os.kill(runs.pids("one")[0], signal.SIGKILL)
    until(lambda: len(runs.pids("one")) == 2)
    assert len(runs.pids("two")) == 1
    runs.process.terminate()
    said = runs.process.communicate(timeout=20)[0]
    assert "p0 was killed by SIGKILL; it starts again in 0.5 s" in said
    assert "p0      │ hello from one" in said


def test_what_fails_at_once_is_tried_less_and_less_often(runs):
    runs.start("import sys; sys.exit(3)")
    time.sleep(4)
    runs.process.terminate()
    said = runs.process.communicate(timeout=20)[0]
    assert [line.partition("│ ")[2] for line in said.splitlines() if "again" in line][:3] == [
        f"p0 ended with code 3; it starts again in {delay} s" for delay in ("0.5", "1", "2")
    ]


def test_children_of_a_dead_process_end_with_it(runs):
    """Workers of a master that was killed would hold its port, and the next master could not start."""
    runs.start(runs.code(PARENT, "parent", child=runs.code(DEAF, "child")))
    until(lambda: runs.pids("parent") and runs.pids("child"))
    child = runs.pids("child")[0]
    os.kill(runs.pids("parent")[0], signal.SIGKILL)
    until(lambda: len(runs.pids("parent")) == 2)
    assert not alive(child)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_everything(runs, number):
    runs.start(runs.code(OBEDIENT, "one"), runs.code(PARENT, "parent", child=runs.code(DEAF, "child")))
    until(lambda: all(runs.pids(name) for name in ("one", "parent", "child")))
    started = time.monotonic()
    runs.process.send_signal(number)
    assert runs.process.wait(20) == 0
    assert time.monotonic() - started < 5
    assert not any(alive(pid) for name in ("one", "parent", "child") for pid in runs.pids(name))


def test_the_deaf_are_killed_within_20_seconds(runs):
    runs.start(runs.code(DEAF, "deaf"), "# serves\n" + runs.code(DEAF, "deaf server"))
    until(lambda: runs.pids("deaf") and runs.pids("deaf server"))
    started = time.monotonic()
    runs.process.terminate()
    said = runs.process.communicate(timeout=25)[0]
    assert time.monotonic() - started < 20
    assert "p0 does not stop and is killed" in said
    assert not any(alive(pid) for name in ("deaf", "deaf server") for pid in runs.pids(name))


def test_a_second_signal_does_not_wait(runs):
    runs.start(runs.code(DEAF, "deaf"))
    until(lambda: runs.pids("deaf"))
    runs.process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    started = time.monotonic()
    runs.process.send_signal(signal.SIGINT)
    runs.process.wait(20)
    assert time.monotonic() - started < 4


def test_servers_are_the_last_to_end(runs):
    """A worker that finishes its task still needs the broker for that."""
    late = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: (time.sleep(1), {out}, sys.exit())); "
    line = "open('{folder}/order', 'a').write('{name}\\n')"
    slow = late.replace("{out}", line) + OBEDIENT
    runs.start("# serves\n" + runs.code(slow, "server"), runs.code(slow, "work"))
    until(lambda: runs.pids("server") and runs.pids("work"))
    runs.process.terminate()
    runs.process.wait(20)
    assert (runs.folder / "order").read_text().split() == ["work", "server"]


def test_nothing_outlives_a_supervisor_that_was_killed(runs):
    runs.start(runs.code(OBEDIENT, "one"), runs.code(PARENT, "parent", child=runs.code(OBEDIENT, "child")))
    until(lambda: all(runs.pids(name) for name in ("one", "parent", "child")))
    runs.process.kill()
    runs.process.wait()
    until(lambda: not any(alive(pid) for name in ("one", "parent", "child") for pid in runs.pids(name)))
