"""The folder of an output as it is on disk; symbolic links in it are seen and never followed."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path

from pggitops.errors import CannotGoOn
from pggitops.record import mutable
from pggitops.write.sums import PREFIX, SUMS, is_safe

# Windows has no O_NOFOLLOW and would translate line ends without O_BINARY
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)

_FIXES = {
    errno.ENOSPC: "free some disk space and run the command again",
    errno.EDQUOT: "free some of your disk quota and run the command again",
    errno.EFBIG: "raise the limit on the size of files (ulimit -f) and run the command again",
    errno.EROFS: "make the file system writable and run the command again",
    errno.EACCES: "give yourself the right to read and write there and run the command again",
    errno.EPERM: "give yourself the right to read and write there and run the command again",
    errno.ENAMETOOLONG: "give the environment, the cluster or the object a shorter name",
}


@mutable
class Disk:
    """What a folder holds, in relative paths: a folder stands before those in it, `odd` is neither file nor folder."""

    exists: bool = True
    files: set[str] = field(default_factory=set)
    folders: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    temporaries: list[str] = field(default_factory=list)


def locate_root(rendered: Path) -> str:
    """The folder of all outputs. Raises CannotGoOn where it is a symbolic link that leads out of the repository."""
    if os.path.islink(rendered) and not rendered.resolve().is_relative_to(rendered.parent.resolve()):
        raise CannotGoOn(
            f"{rendered.name} is a symbolic link that leads out of the repository",
            "replace it by a folder, or let it lead to a folder of the repository",
        )
    return os.fspath(rendered)


def locate(rendered: Path, name: str) -> str:
    """The folder of the output `name`, with `/` at its end. Raises CannotGoOn where it may lead elsewhere."""
    place = locate_root(rendered)
    if not is_safe(name):
        raise CannotGoOn(f"{name!r} cannot be the name of a folder in {rendered.name}/", "rename the environment")
    for step in name.split("/"):
        place = f"{place}/{step}"
        if os.path.islink(place):
            raise CannotGoOn(
                f"{_shown(place, rendered)} is a symbolic link, and nothing is written through one",
                "remove the link and run the command again",
            )
    return place + "/"


def walk(top: str) -> Disk:
    """Everything below the folder `top`, whose name ends with `/`. Raises OSError where it cannot be read."""
    disk, files = Disk(), list[str]()
    pending = [""]
    while pending:
        prefix = pending.pop()
        try:
            entries = os.scandir(top + prefix)
        except FileNotFoundError:
            disk.exists = bool(prefix)
            continue
        with entries:
            for entry in entries:
                path = prefix + entry.name
                if entry.is_file(follow_symlinks=False):
                    files.append(path)
                elif entry.is_dir(follow_symlinks=False) and path != SUMS:
                    disk.folders.append(path)
                    pending.append(path + "/")
                else:
                    disk.odd.append(path)
    disk.temporaries = [path for path in files if PREFIX in path and path.rpartition("/")[2].startswith(PREFIX)]
    disk.files = set(files).difference(disk.temporaries)
    return disk


def holds(path: str, content: bytes) -> bool:
    """Whether the file at `path` has exactly this content. Raises OSError where it cannot be read."""
    descriptor = os.open(path, _READ)
    try:
        # one byte more than wanted, so that one read tells: a regular file gives less only at its end; a file system
        # that nevertheless does is asked again
        found = os.read(descriptor, len(content) + 1)
        while found != content and content.startswith(found) and (more := os.read(descriptor, len(content) + 1)):
            found += more
        return found == content
    finally:
        os.close(descriptor)


def read(path: str, limit: int = -1) -> bytes:
    """The content of the file at `path`, or its first `limit` bytes. Raises OSError where it cannot be read."""
    with open(path, "rb", buffering=0, opener=lambda name, _: os.open(name, _READ)) as stream:
        return stream.read(limit)


@contextlib.contextmanager
def told(rendered: Path, doing: str, result: str = "") -> Iterator[None]:
    """Turn an OSError into CannotGoOn: the file, that it cannot be `doing` ("read"), why, `result`, and what to do."""
    try:
        yield
    except OSError as error:
        where = _shown(os.fsdecode(error.filename2 or error.filename or rendered), rendered)
        why = error.strerror or type(error).__name__
        fix = _FIXES.get(error.errno or 0, f"look at what {where} is and run the command again")
        raise CannotGoOn(f"{where} cannot be {doing}: {why}{result and '; ' + result}", fix) from error


def _shown(path: str, rendered: Path) -> str:
    """A path as people know it: from the repository's root."""
    return printable(os.path.relpath(path, rendered.parent))


def printable(text: str) -> str:
    """The text with everything that a terminal would not show, or would obey, escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
