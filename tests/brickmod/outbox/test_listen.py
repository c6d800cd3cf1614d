"""The example receiver, heard by a real sender."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from brickmod.outbox import signing
from brickmod.outbox.management.commands.listen import Receiver, server
from brickmod.outbox.transport import post

SECRET = signing.new_secret()
BODY = json.dumps(
    {
        "type": "submission.decided",
        "data": {"external_id": "x1", "status": "rejected", "reasons": [{"code": "face"}], "feedback": "Prøv igen"},
    }
).encode()


@pytest.fixture
def listening():
    lines: list[str] = []
    made = server(0, Receiver([signing.new_secret(), SECRET], lines.append))
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}/", lines
    made.shutdown()
    made.server_close()
    thread.join(5)


def test_it_prints_what_is_true(listening):
    url, lines = listening
    sent = signing.headers([SECRET], "m1", int(time.time()), BODY)
    assert post(url, BODY, sent).status == 204
    assert post(url, BODY, sent).status == 204
    assert lines[0] == "submission.decided  x1  rejected  [face]  “Prøv igen”"
    assert lines[1].endswith("(again)")


def test_it_refuses_the_rest(listening):
    url, lines = listening
    now = int(time.time())
    assert post(url, BODY, {}).status == 401
    assert post(url, BODY + b" ", signing.headers([SECRET], "m", now, BODY)).status == 401
    assert post(url, BODY, signing.headers([SECRET], "m", now - 400, BODY)).status == 401
    assert post(url, b"[]", signing.headers([SECRET], "m", now, b"[]")).status == 400
    assert all(line.startswith("refused") for line in lines)


def test_the_command_starts_and_stops(tmp_path):
    root = Path(__file__).parents[3]
    env = {**os.environ, "SECRET_KEY": "a key for a test that is long enough!", "BRICKMOD_VAR": str(tmp_path)}
    command = [sys.executable, "manage.py", "listen", "--port", "0"]
    lost = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, timeout=60)
    assert lost.returncode == 1
    assert "--secret" in lost.stderr
    (tmp_path / "demo.json").write_text(json.dumps({"webhook_secret": SECRET, "apps": []}))
    process = subprocess.Popen(command, cwd=root, env=env, stdout=subprocess.PIPE, text=True)
    try:
        url = re.search(r"http://\S+/", process.stdout.readline()).group()
        assert post(url, BODY, signing.headers([SECRET], "m1", int(time.time()), BODY)).status == 204
        assert "submission.decided" in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.stdout.close()
