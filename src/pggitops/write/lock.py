"""One render at a time."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pggitops.errors import CannotGoOn
from pggitops.write.disk import locate_root, told

if sys.platform == "win32":

    @contextlib.contextmanager
    def _hold(rendered: Path, wait: float) -> Iterator[None]:
        # no folder can be locked there, and a lock file could be committed; each file is still replaced in one step
        yield

else:
    import fcntl

    # what network file systems answer that cannot lock a folder; there each file is still replaced in one step
    _UNABLE = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF, errno.EINVAL)

    @contextlib.contextmanager
    def _hold(rendered: Path, wait: float) -> Iterator[None]:
        until = time.monotonic() + wait
        while not (held := _try(rendered)):
            if time.monotonic() >= until:
                raise CannotGoOn(
                    f"another render is running: {rendered.name} has been locked for {wait:g} seconds",
                    "wait until it has ended and run the command again",
                )
            time.sleep(0.05)
        try:
            yield
        finally:
            # said, not left to closing: a worker process may have a copy of the descriptor
            with contextlib.suppress(OSError):
                fcntl.flock(held[0], fcntl.LOCK_UN)
            os.close(held[0])

    def _try(rendered: Path) -> tuple[int] | None:
        """The descriptor of the locked folder, or None while another process has it."""
        with contextlib.ExitStack() as undo:
            descriptor = os.open(rendered, os.O_RDONLY | os.O_DIRECTORY)
            undo.callback(os.close, descriptor)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return None
            except OSError as error:
                if error.errno not in _UNABLE:
                    raise
            undo.pop_all()
            return (descriptor,)


@contextlib.contextmanager
def locked(rendered: Path, wait: float = 30) -> Iterator[None]:
    """Hold the one right to write below `rendered`, which is made if it is not there.

    The lock is on the folder itself, so that no lock file can stay behind or be committed, and ends with the process.
    Raises CannotGoOn when another process has held it for `wait` seconds, and where the folder cannot be made or locked
    or is a symbolic link that leads out of the repository.
    """
    locate_root(rendered)
    with told(rendered, "made"):
        rendered.mkdir(exist_ok=True)
    with contextlib.ExitStack() as stack:
        with told(rendered, "locked"):
            stack.enter_context(_hold(rendered, wait))
        yield
