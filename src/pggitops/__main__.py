"""The console script: what needs no command is answered before anything heavy is imported."""

from __future__ import annotations

import os
import sys

from pggitops import __version__, streams
from pggitops.errors import CannotGoOn

# what `typing` calls so; importing it costs more than the answer to --version
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import NoReturn

OBJECTS_BETWEEN_COLLECTIONS = 100_000


class _Terminated(BaseException):
    """SIGTERM or SIGHUP, raised where the program stands, so that what it holds is let go in order."""


def main() -> None:
    """Run the command line and end the process: 0 clean, 1 findings, 2 cannot go on, 129, 130 and 143 interrupted."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        _end(_told(_version))
    import gc
    import signal

    # what a run makes it keeps; to look for cycles seventy times while modules are imported costs a tenth of it
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    signals = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    code = 1
    try:
        for number in signals:
            # nohup asks that a terminal that goes away ends nothing
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, _terminate)
        code = _told(_command)
    except KeyboardInterrupt:
        code = 130
    except _Terminated as error:
        code = 128 + int(error.args[0])
    finally:
        # what comes now comes too late to change anything
        for number in (signal.SIGINT, *signals):
            signal.signal(number, signal.SIG_IGN)
    _end(code)


def _end(code: int) -> NoReturn:
    """End the process, whose files are closed."""
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105 -- importing contextlib costs more than the answer to --version
            stream.flush()
        except OSError:
            pass
    # to take modules and values apart one by one would cost as much as a second environment
    os._exit(code)


def _terminate(number: int, frame: FrameType | None) -> None:
    raise _Terminated(number)


def _told(command: Callable[[], int]) -> int:
    """The exit code of a command; where it cannot go on, that is said."""
    try:
        streams.prepare()
        code = command()
        sys.stdout.flush()
        return code
    except CannotGoOn as error:
        message, fix = str(error), error.fix
    except OSError as error:
        # what no command has foreseen is the world's doing all the same
        where = f"{error.filename}: " if error.filename else ""
        message = f"{where}{error.strerror or error}"
        fix = "Give yourself the right to it." if isinstance(error, PermissionError) else ""
    sys.stderr.write(f"pggitops: {message}\n" + (f"  {fix}\n" if fix else ""))
    return 2


def _version() -> int:
    sys.stdout.write(f"pggitops {__version__}\n")
    return 0


def _command() -> int:
    from pggitops.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    main()
