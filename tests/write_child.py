"""A process for test_write.py to kill, interrupt, starve and race: `python write_child.py TASK JSON`."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pggitops.errors import CannotGoOn
from pggitops.write import compare, locked, write

HEADER = b"# ours\n"
CALLS = ("open", "write", "mkdir", "replace", "unlink", "rmdir")
"""What changes the disk."""


def encoded(files: dict[str, str]) -> dict[str, bytes]:
    return {path: content.encode() for path, content in files.items()}


def end_at(nth: int, end: Callable[[], None]) -> None:
    """Let the process meet its end just before the nth call that may change the disk; a write gets half done."""
    count = 0

    def ending(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **keywords: Any) -> Any:
            nonlocal count
            if name == "open" and not arguments[1] & os.O_CREAT:
                return real(*arguments, **keywords)
            count += 1
            if count == nth:
                if name == "write":
                    real(arguments[0], arguments[1][: len(arguments[1]) // 2])
                end()
            return real(*arguments, **keywords)

        return call

    for name in CALLS:
        setattr(os, name, ending(name, getattr(os, name)))


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt() -> None:
    signal.raise_signal(signal.SIGINT)


def run(
    rendered: str, files: dict[str, str], nth: int = 0, how: str = "", nobody: bool = False, limit: int = 0
) -> None:
    """Write the output `one`; exit code 3 and the message where it cannot, 4 where interrupted."""
    if nobody and os.getuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    if how:
        end_at(nth, {"kill": kill, "interrupt": interrupt}[how])
    try:
        write(Path(rendered), "one", encoded(files), HEADER)
    except CannotGoOn as error:
        sys.stdout.write(f"{error} | {error.fix}\n")
        sys.exit(3)
    except KeyboardInterrupt:
        sys.exit(4)


def race(rendered: str, files: dict[str, str], times: int) -> None:
    """Write the output `one` many times over, each time certain that it is alone."""
    for _ in range(times):
        with locked(Path(rendered), wait=60):
            result = write(Path(rendered), "one", encoded(files), HEADER)
            if result.foreign or compare(Path(rendered), "one", encoded(files), HEADER):
                sys.exit("not alone")


def hold(rendered: str) -> None:
    """Say `held` once the lock is there, and keep it."""
    with locked(Path(rendered)):
        sys.stdout.write("held\n")
        sys.stdout.flush()
        time.sleep(60)


if __name__ == "__main__":
    tasks: dict[str, Callable[..., None]] = {"run": run, "race": race, "hold": hold}
    tasks[sys.argv[1]](**json.loads(sys.argv[2]))
