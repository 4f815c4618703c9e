"""The console script: what needs no command is answered before anything heavy is imported."""

from __future__ import annotations

import sys

from pggitops import __version__

# what `typing` calls so; importing it costs more than the answer to --version
TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

OBJECTS_BETWEEN_COLLECTIONS = 100_000


class _Terminated(BaseException):
    """SIGTERM, raised where the program stands, so that what it holds is let go in order."""


def main() -> None:
    """Run the command line and end the process: 0 clean, 1 findings, 2 cannot go on, 130 and 143 interrupted."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        sys.stdout.write(f"pggitops {__version__}\n")
        return
    import contextlib
    import gc
    import os
    import signal

    # what a run makes it keeps; to look for cycles seventy times while modules are imported costs a tenth of it
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    code = 1
    try:
        signal.signal(signal.SIGTERM, _terminate)
        code = _run()
        sys.stdout.flush()
    except BrokenPipeError:
        # the reader has gone; Python would complain once more when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        code = 130
    except _Terminated:
        code = 143
    finally:
        # what comes now comes too late to change anything
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # everything is closed; to take modules and values apart one by one would cost as much as a second environment
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(code)


def _terminate(number: int, frame: FrameType | None) -> None:
    raise _Terminated


def _run() -> int:
    from pggitops.cli import run
    from pggitops.errors import CannotGoOn

    try:
        return run(sys.argv[1:])
    except CannotGoOn as error:
        sys.stderr.write(f"pggitops: {error}\n" + (f"  {error.fix}\n" if error.fix else ""))
        return 2


if __name__ == "__main__":
    main()
