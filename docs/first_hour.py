"""python docs/first_hour.py: what a lead tries in the first hour, tried on a whole BrickMod with its demo, over HTTP.

It prints what was seen. What needs a keyboard or a browser is tried by tests; docs/first-hour.md lists all fifteen.
"""

import re
import signal
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import httpx
import psutil

sys.path.insert(0, str(Path(__file__).parent.parent))

from brickmod.run.trial import Trial

UNDO = 3


class Heard(BaseHTTPRequestHandler):
    """The app's server: answers 204."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


class Hour:
    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.api = httpx.Client(
            base_url=trial.url, headers={"Authorization": f"Bearer {trial.demo['api_key']}"}, timeout=30
        )
        self.moderator, self.lead = self.person("moderator"), self.person("lead")

    def person(self, role: str) -> httpx.Client:
        user = next(one for one in self.trial.demo["users"] if one["role"] == role)
        client = httpx.Client(base_url=self.trial.url, follow_redirects=True, timeout=30)
        client.get("/login/")
        told = {"username": user["username"], "password": user["password"], "next": "/desk/"}
        self.post(client, "/login/", told)
        return client

    def post(self, client: httpx.Client, path: str, data: dict[str, Any], **headers: str) -> httpx.Response:
        answer = client.post(
            path,
            data={**data, "csrfmiddlewaretoken": client.cookies["csrftoken"]},
            headers={"Referer": self.trial.url, **headers},
        )
        answer.raise_for_status()
        return answer

    def send(self, wait: int = 10) -> dict[str, Any]:
        picture = (Path(__file__).parent.parent / "static/img/examples/build.webp").read_bytes()
        told = {
            "external_id": uuid4().hex,
            "author": "first-hour",
            "market": "DK",
            "language": "da",
            "title": "Mit hus",
        }
        answer = self.api.post(
            "/api/v1/submissions/",
            data=told,
            files={"images": ("a.webp", picture, "image/webp")},
            headers={"Prefer": f"wait={wait}"},
        )
        answer.raise_for_status()
        return dict(answer.json())

    def status(self, id: str) -> dict[str, Any]:
        return dict(self.api.get(f"/api/v1/submissions/{id}/").json())

    def until(self, asked: Any, seconds: float = 60) -> float:
        started = time.monotonic()
        while not asked():
            assert time.monotonic() - started < seconds, "it did not come"
            time.sleep(0.05)
        return time.monotonic() - started

    def take(self, client: httpx.Client) -> tuple[str, str]:
        """(submission, page): what this person has before them, one of the first app."""
        page = client.get("/desk/").text
        return re.search(r'data-submission="([^"]+)"', page)[1], page  # type: ignore[index]

    def decide(self, client: httpx.Client, id: str, **said: str) -> str:
        decision = str(uuid4())
        self.post(
            client, f"/desk/s/{id}/decide/", {"decision": decision, "sure": "1", **said}, Accept="application/json"
        )
        return decision

    def trail(self, id: str) -> list[dict[str, str]]:
        return list(self.lead.get(f"/search/{id}/trail.json").json()["trail"])

    # -- the checks -----------------------------------------------------------------------------------------------
    def checks(self) -> Iterator[tuple[int, str]]:
        yield 1, self.to_the_screen()
        yield 3, self.undone()
        yield 6, self.oldest()
        yield 7, self.what_the_child_reads()
        yield 8, self.the_past()
        yield 11, self.by_the_raw_address()
        yield 13, self.appealed()
        yield 14, self.the_log()
        yield 15, self.without_models()

    def to_the_screen(self) -> str:
        times = []
        for _ in range(5):
            started = time.monotonic()
            made = self.send()
            page = self.moderator.get(f"/search/?id={made['id']}").text
            assert "waiting for a person" in page
            times.append(time.monotonic() - started)
        return f"from an upload's first byte to the page where a person finds it: {sorted(times)[2]:.2f} s, median of 5"

    def undone(self) -> str:
        id, _ = self.take(self.moderator)
        decision = self.decide(self.moderator, id, approve="1")
        between = self.status(id).get("status", "of the other app")
        self.post(self.moderator, f"/desk/decisions/{decision}/undo/", {}, Accept="application/json")
        told = [one["what"] for one in self.trail(id)]
        assert "Not told: the decision, taken back" in told
        return f"while it could be undone the app read “{between}”; the trail: “{'”, “'.join(told[-3:])}”"

    def oldest(self) -> str:
        page = self.lead.get("/shifts/?rows").text
        said = re.search(r'<b class="tone[^>]*>(.*?)</b>', page)[1]  # type: ignore[index]
        oldest = re.search(r"<dt>Oldest</dt><dd>(.*?)</dd>", page)[1]  # type: ignore[index]
        return f"“{said}” The oldest: {oldest}."

    def what_the_child_reads(self) -> str:
        id, _ = self.take(self.moderator)
        before = self.moderator.get(f"/desk/s/{id}/preview/?reason=rude").json()["text"]
        self.decide(self.moderator, id, reason="rude")
        self.rejected = id
        self.until(lambda: self.trail(id)[-1]["kind"] == "delivery" and self.trail(id)[-1]["more"].startswith("HTTP"))
        after = self.moderator.get(f"/desk/s/{id}/").text
        assert before.split("!")[0] in after
        return f"before and after the decision the same: “{before}”"

    def the_past(self) -> str:
        _, page = self.take(self.moderator)
        said = re.search(r'<p class="quiet small">(\d[^<]*earlier[^<]*|The first upload[^<]*)', page)[1]  # type: ignore[index]
        return f"beside the upload: “{said.strip()}”"

    def by_the_raw_address(self) -> str:
        id, page = self.take(self.moderator)
        picture = re.search(r'src="(/parts/[^"]+)"', page)[1]  # type: ignore[index]
        assert self.moderator.get(picture).status_code == 200
        receipt = str(uuid4())
        self.post(self.moderator, f"/desk/s/{id}/pass/", {"queue": "leads", "note": "", "receipt": receipt},
                  Accept="application/json")  # fmt: skip
        answers = [self.moderator.get(path).status_code for path in (picture, f"/desk/s/{id}/")]
        assert answers == [404, 404], (answers, picture, id)
        assert "Nothing fits" in self.moderator.get(f"/search/?id={id}").text
        assert self.lead.get(picture).status_code == 200
        return "passed to the leads: for a moderator the picture's raw address and the page answer 404, search is empty"

    def appealed(self) -> str:
        counts = {}
        for name, client in (("moderator", self.moderator), ("lead", self.lead)):
            counts[name] = re.search(r"<h1>(.*?)</h1>", client.get("/appeals/").text)[1]  # type: ignore[index]
        return f"the demo's appeal, for the moderator: “{counts['moderator']}”, for the lead: “{counts['lead']}”"

    def the_log(self) -> str:
        kinds = [one["kind"] for one in self.trail(self.rejected)]
        table = self.lead.get(f"/search/{self.rejected}/trail.csv")
        heard = next(one["more"] for one in self.trail(self.rejected) if one["kind"] == "delivery")
        what = ", ".join(dict.fromkeys(kinds))
        return f"{len(kinds)} moments ({what}), the callback “{heard}”; CSV of {len(table.text.splitlines())} lines"

    def without_models(self) -> str:
        run = psutil.Process(self.trial.process.pid)  # type: ignore[union-attr]
        family = [(one, " ".join(one.cmdline())) for one in run.children(recursive=True)]
        workers = [one for one, command in family if "celery" in command and "worker" in command]
        for one in workers:
            one.send_signal(signal.SIGSTOP)
        try:
            made = self.send(wait=0)
            id, _ = self.take(self.moderator)
            self.decide(self.moderator, id, approve="1")
            time.sleep(5)
            now = self.status(made["id"])["status"]
            assert now == "analysing", now
        finally:
            for one in workers:
                one.send_signal(signal.SIGCONT)
        took = self.until(lambda: self.status(made["id"])["status"] == "queued", 120)
        return (
            f"{len(workers)} processes stopped: the desk decided, the upload was taken and stayed “{now}”; "
            f"{took:.0f} s after they went on it waited for a person"
        )


def main() -> None:
    server = HTTPServer(("127.0.0.1", 0), Heard)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with TemporaryDirectory(prefix="brickmod-hour-") as folder, Trial(Path(folder), UNDO_SECONDS=str(UNDO)) as trial:
        trial.manage("demo", "--webhook", f"http://127.0.0.1:{server.server_port}/")
        hour = Hour(trial)
        hour.until(lambda: "0 waiting" not in hour.moderator.get("/desk/queue/").text)
        for number, seen in hour.checks():
            print(f"{number:2} {seen}", flush=True)


if __name__ == "__main__":
    main()
