"""Programs that refuse to be root, as another user, in a folder of theirs; ended by their process id."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

SECONDS = 60
"""How long a server may take until it answers, on a machine that has much else to do."""


def _user() -> dict[str, Any]:
    """How to start a process as somebody else than root: `nobody`; as oneself, where that is not root."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A scratch folder that the unprivileged user owns; its path is short, since sockets lie in it."""
    path = Path(tempfile.mkdtemp(prefix="pg-", dir=_memory()))
    try:
        own(path)
        yield path
    finally:
        shutil.rmtree(path)


def _memory() -> str | None:
    """Where there is no disk to wait for, if there is room: pgBackRest syncs every file."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 2**30 else None


def own(path: Path) -> None:
    """Give a file or folder to the unprivileged user."""
    if user := _user():
        os.chown(path, user["user"], user["group"])


def run(command: Sequence[str | Path], home: Path) -> subprocess.CompletedProcess[str]:
    """What a program that ends says, whatever its exit code."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C"}
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False, **_user())


def succeed(command: Sequence[str | Path], home: Path) -> str:
    """The output of a program that must succeed."""
    done = run(command, home)
    assert done.returncode == 0, f"{list(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


@contextlib.contextmanager
def running(command: Sequence[str | Path], home: Path, ready: Callable[[], bool]) -> Iterator[None]:
    """A server from the moment it is ready; AssertionError with what it said if it never is."""
    with tempfile.TemporaryFile() as log:
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LC_ALL": "C"}
        process = subprocess.Popen(command, cwd=home, env=environment, stdout=log, stderr=log, **_user())
        try:
            end = time.monotonic() + SECONDS
            while not ready():
                if process.poll() is not None or time.monotonic() > end:
                    log.seek(0)
                    raise AssertionError(f"{list(map(str, command))}\n{log.read().decode()[-3000:]}")
                time.sleep(0.05)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """A port on loopback nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def certificate(home: Path) -> tuple[Path, Path]:
    """A self-signed certificate for `localhost` and its key."""
    certificate, key = home / "tls.crt", home / "tls.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "2"]
    succeed([*command, "-out", certificate, "-keyout", key], home)
    return certificate, key
