"""Real programs as child processes: found, started on free ports, waited for, ended by their process id."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".tools" / "bin"
SECONDS = 60
"""How long a program may take until it answers, on a machine that has much else to do."""


def program(name: str) -> str:
    """The path of an installed program, the one `tests/real/install` put into `.tools/bin` before any other."""
    path = shutil.which(name, path=str(TOOLS)) or shutil.which(name)
    assert path, f"{name} is not installed: run `make test-real`, which installs it"
    return path


def free_ports(count: int) -> list[int]:
    """Ports on loopback nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextlib.contextmanager
def running(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program while it runs; what it says goes to `log`."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd=log.parent)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait(done: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Until `done`, which may fail while nobody listens; AssertionError with the log's end where it takes too long."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if done():
                return
        time.sleep(0.05)
    how = "it takes too long" if process.poll() is None else f"it ended with {process.returncode}"
    raise AssertionError(f"{process.args!r}: {how}\n" + log.read_text(errors="replace")[-2000:])
