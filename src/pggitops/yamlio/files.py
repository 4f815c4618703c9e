"""The bytes of a file that somebody may have put there in error: a pipe would never end, a device neither."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from pggitops.yamlio.problem import Problem


def read(path: str | Path) -> tuple[bytes, list[Problem]]:
    """What a regular file holds, and why it cannot be read."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return b"", [Problem("yaml-unreadable", "this is no regular file", "Put a file here, or remove it.")]
        with open(path, "rb", buffering=0) as stream:
            return stream.read(), []
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        return b"", [Problem("yaml-unreadable", message, "Mend its permissions.")]
