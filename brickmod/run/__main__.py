"""`python -m brickmod.run`: what `make run` starts once everything is installed."""

import os
import shutil
import sys
import threading
import time

from brickmod.run import checks, environment, fresh, processes, ready
from brickmod.run.console import Console
from brickmod.run.environment import CannotRun, Run
from brickmod.run.supervisor import Supervisor

STOPPED = 143  # a step's code when it was ended because we were told to stop


def main() -> int:
    console = Console()
    try:
        lock = checks.var_is_ours(environment.var_folder())
        run = environment.settle()
        checks.ports(run)
        checks.models(run)
    except CannotRun as error:
        print(error, file=sys.stderr)
        return 2
    environment.keep_secret_key(run.var)
    environment.remember(run)
    # Each process counts in a file of its own; those of the last run would be added for ever.
    shutil.rmtree(run.var / "metrics", ignore_errors=True)
    (run.var / "metrics").mkdir()
    supervisor = Supervisor(run.environ, console, lock)
    try:
        _bring_up(run, supervisor, console)
        while not supervisor.stopping:
            supervisor.tend()
        console.say(f"{supervisor.stopping}: stopping")
    except CannotRun as error:
        if not supervisor.stopping:
            console.say(str(error), "bold red")
            return 1
    finally:
        supervisor.stop()
        console.say("stopped")
    return 0


def _bring_up(run: Run, supervisor: Supervisor, console: Console) -> None:
    started = time.monotonic()
    if run.own_broker:
        supervisor.begin(processes.broker(run))
    prepared = fresh.load(run.var)
    wants_demo = os.environ.get("DEMO", "1") != "0"
    now = fresh.mark(run.var, run.environ["DATABASE_URL"])
    if not now or prepared.mark != now or (prepared.empty and wants_demo):
        console.say("preparing the database and the static files")
        _must(supervisor, "prepare", "prepare_run")
        prepared = fresh.load(run.var)
    if run.own_broker:
        ready.forget_the_last_worker(run)
    for process in processes.application(run):
        supervisor.begin(process)
    if wants_demo and (prepared.empty or prepared.loading):
        console.say("loading the demo (DEMO=0 leaves the database empty)")
        prepared.empty, prepared.loading = False, True
        prepared.past = os.environ.get("DEMO_PAST", "1") != "0"
        prepared.save(run.var)
        _must(supervisor, "demo", "demo")
        prepared.loading = False
        prepared.save(run.var)
    _when_ready(run, supervisor, console, started)
    if wants_demo and prepared.past and not supervisor.stopping:
        _load_past(run, supervisor, console, prepared)


def _when_ready(run: Run, supervisor: Supervisor, console: Console, started: float) -> None:
    """Announce, and only then start what nobody waits for: each takes seconds of a core that the others need."""
    answers: list[bool] = []
    asking = threading.Thread(
        target=lambda: answers.append(ready.wait(run, console, lambda: bool(supervisor.stopping))), daemon=True
    )
    asking.start()
    while asking.is_alive() and not supervisor.stopping:
        supervisor.tend()
    if answers == [True]:
        ready.announce(run, console, time.monotonic() - started)
    if supervisor.stopping:
        return
    supervisor.begin(processes.training())
    if run.own_mlflow:
        supervisor.begin(processes.mlflow(run))


def _load_past(run: Run, supervisor: Supervisor, console: Console, prepared: fresh.Prepared) -> None:
    """Ten invented weeks for the pages of engagement. Minutes of work, so nobody waits for it and all else goes first;
    what was interrupted goes on at the next start."""
    console.say("the demo's past comes in beside the work: comments, themes and figures appear in the next minutes")
    code = supervisor.step("past", ["nice", "-n", "10", *processes.manage("demo_past")])
    if supervisor.stopping:
        return
    if code:
        console.say(f"`manage.py demo_past` ended with code {code}; it is tried again at the next start", "yellow")
        return
    prepared.past = False
    prepared.save(run.var)


def _must(supervisor: Supervisor, name: str, *words: str) -> None:
    code = supervisor.step(name, processes.manage(*words))
    if code:
        raise CannotRun(f"`manage.py {' '.join(words)}` ended with code {code}; what it said stands above.")


if __name__ == "__main__":
    sys.exit(main())
