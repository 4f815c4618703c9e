"""The bytes of a file that somebody may have put there in error: a pipe would never end, a device neither."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from pggitops.yamlio.problem import Problem

# a pipe that nobody writes to is opened at once; Windows has none, and would translate line ends without O_BINARY
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read(path: str | Path) -> tuple[bytes, list[Problem]]:
    """What a regular file holds, and why it cannot be read."""
    try:
        # a file object would take half as long again
        descriptor = os.open(path, _READ)
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                return b"", [Problem("yaml-unreadable", "this is no regular file", "Put a file here, or remove it.")]
            # one byte more than there is, so that one read tells; a file may grow meanwhile
            data = os.read(descriptor, found.st_size + 1)
            if len(data) != found.st_size:
                while more := os.read(descriptor, 1 << 16):
                    data += more
            return data, []
        finally:
            os.close(descriptor)
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        return b"", [Problem("yaml-unreadable", message, "Mend its permissions.")]
