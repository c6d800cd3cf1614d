"""Waits until the whole answers, then says where it is and who may come in."""

import http.client
import json
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import redis

from brickmod.run.console import Console
from brickmod.run.environment import Run
from brickmod.web.broker import WORKER_KEY


def wait(run: Run, console: Console, gone_on: Callable[[], bool]) -> bool:
    """Poll /readyz until it says yes (True), or until `gone_on()` says that nobody waits any more (False)."""
    started = said = time.monotonic()
    while not gone_on():
        ready, why = _ask(run)
        if ready:
            return True
        if time.monotonic() - said > 10:
            said = time.monotonic()
            console.say(f"not ready after {said - started:.0f} s: {why}", "yellow")
        time.sleep(0.3)
    return False


def forget_the_last_worker(run: Run) -> None:
    """A worker of the last run may have said a moment ago that it is well: that is no word about this run's."""
    client = redis.Redis.from_url(run.broker_url, socket_timeout=1)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            client.delete(WORKER_KEY)
            return
        except redis.RedisError:  # not up yet, or still reading its file
            time.sleep(0.05)


def _ask(run: Run) -> tuple[bool, str]:
    url = urlsplit(run.local_url)
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=3)
    try:
        # The name that the site goes by, so that ALLOWED_HOSTS lets us in.
        connection.request("GET", "/readyz", headers={"Host": urlsplit(run.url).netloc})
        answer = connection.getresponse()
        return answer.status == 200, f"{answer.status} {answer.read(300).decode('utf-8', 'replace')}"
    except (OSError, http.client.HTTPException) as error:
        return False, f"the web server does not answer yet ({type(error).__name__})"
    finally:
        connection.close()


def announce(run: Run, console: Console, seconds: float) -> None:
    """Print the address and the demo's accounts."""
    console.plain()
    console.plain(f"  BrickMod is ready after {seconds:.0f} s:  {run.url}/", "bold green")
    demo = demo_accounts(run)
    for user in demo.get("users", []):
        console.plain(f"    {user['role']:<12} {user['username']:<12} {user['password']}")
    if demo:
        console.plain(f"    API key      {demo['api_key']}")
        console.plain("    These accounts are for trying out, and are written in var/demo.json.", "dim")
    else:
        console.plain("    No demo. The first admin is made by:  .venv/bin/python manage.py createsuperuser")
    console.plain("  Ctrl-C stops it.", "dim")
    console.plain()


def demo_accounts(run: Run) -> dict:
    """var/demo.json, with the address that this run has ({} when there is none)."""
    file = run.var / "demo.json"
    if not file.exists():
        return {}
    demo = json.loads(file.read_text())
    if demo.get("url") != run.url:
        demo["url"] = run.url
        # In place, not by a new file: its permissions are the demo's business.
        file.write_text(json.dumps(demo, indent=2) + "\n")
    return demo
