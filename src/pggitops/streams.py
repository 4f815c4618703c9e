"""The standard streams of a run: what becomes of it where one of them is closed, full, or read by nobody any more.

A reader that goes away (`pggitops policies | head -1`) changes nothing: the run goes on to its end and has the exit
code that it would have had, so that what a pipeline sees never hangs on how much somebody cared to read.
"""

from __future__ import annotations

import io
import os
import sys

from pggitops.errors import CannotGoOn

# what `typing` calls so; importing it costs more than the answer to --version
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from _typeshed import ReadableBuffer


class _Output(io.FileIO):
    """An output stream that is no terminal; what nobody reads any more is lost, any other error names the stream."""

    def __init__(self, number: int, said: str) -> None:
        super().__init__(number, "w", closefd=False)
        self._said = said

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            return len(memoryview(data))
        except OSError as error:
            raise OSError(error.errno, error.strerror, self._said) from error


def prepare() -> None:
    """Make the program's own streams such. CannotGoOn where there is no standard output."""
    missing = [number for number, stream in enumerate((sys.stdin, sys.stdout, sys.stderr)) if stream is None]
    for number in missing:
        # the next file that is opened would get the number, and what is meant for the stream would be written into it
        os.dup2(os.open(os.devnull, os.O_RDWR), number)
    sys.stderr = _output(sys.stderr, 2, "standard error")
    sys.stdout = _output(sys.stdout, 1, "standard output")
    if 1 in missing:
        raise CannotGoOn("standard output is closed", "Send what is of no interest to /dev/null.")


def _output(stream: TextIO | None, number: int, said: str) -> TextIO:
    """The stream, which can hold any character: a file or pipe is UTF-8 wherever it runs, a terminal what it is."""
    if isinstance(stream, io.TextIOWrapper) and stream.isatty():
        stream.reconfigure(errors="backslashreplace")
        return stream
    buffer = io.BufferedWriter(_Output(number, said))
    return io.TextIOWrapper(buffer, encoding="utf-8", errors="backslashreplace", line_buffering=number == 2)


def read_input(limit: int) -> bytes:
    """At most so many bytes of standard input. CannotGoOn where there is none to read."""
    try:
        if sys.stdin is None:
            raise CannotGoOn("standard input is closed", "Pipe something into it, or name a file.")
        return sys.stdin.buffer.read(limit)
    except OSError as error:
        raise CannotGoOn(f"standard input cannot be read: {error.strerror}", "Name a file instead.") from error
