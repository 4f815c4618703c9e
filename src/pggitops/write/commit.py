"""Writing an output: whole or not at all, and never in a state that the next run could not mend.

First every new content lies complete in a temporary in the folder it is for; then SHA256SUMS lists the old files and
the new; then each file is replaced in one step; then what is no longer wanted goes; then SHA256SUMS lists the new files
only. A process that is killed in between leaves each file old or new in full and owned.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from pathlib import Path

from pggitops.record import mutable, value
from pggitops.write.compare import Kind, State, inspect
from pggitops.write.disk import told
from pggitops.write.sums import PREFIX, SUMS, listing

# Windows would translate line ends without O_BINARY
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


@value
class Written:
    """What `write` did, in paths relative to the output's folder; `unchanged` is a number of files.

    `foreign` was left alone; SHA256SUMS is named nowhere. `blocked` is what of it stands where something of ours
    should: where there is any, nothing was written.
    """

    written: tuple[str, ...] = ()
    unchanged: int = 0
    removed: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()


@mutable
class _Staged:
    """What is prepared, and must not stay behind: temporaries with the places they are for, and folders made for them.

    `union` and `final` are for SHA256SUMS, each with one entry or none. `later` are folders that cannot be made yet.
    """

    files: list[tuple[str, str]] = field(default_factory=list)
    union: list[tuple[str, str]] = field(default_factory=list)
    final: list[tuple[str, str]] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    later: list[str] = field(default_factory=list)


def write(rendered: Path, name: str, files: Mapping[str, bytes], header: bytes) -> Written:
    """Make the output `rendered`/`name` hold `files` and their SHA256SUMS: whole, or not at all. Call it in `locked`.

    The arguments, and what is raised for them, are those of `compare`; what is equal is not touched. Without `files`
    the output's folder goes too, unless something foreign is in it. Raises CannotGoOn where the disk refuses: then
    nothing has changed, except where it refuses although everything was prepared: then each file is old or new in full.
    """
    state = inspect(rendered, name, files, header)
    changed = state.of(Kind.MISSING, Kind.STALE, Kind.EDITED)
    removed = [path for path in state.of(Kind.REMOVED) if path != SUMS]
    foreign = state.of(Kind.UNEXPECTED)
    if foreign:
        places = {*files, SUMS}
        blocked = [path for path in foreign if path in state.folders or _is_in(path, places)]
        if blocked:
            return Written(foreign=tuple(foreign), blocked=tuple(blocked))
    if state.differences or state.disk.temporaries or not state.folders.issuperset(state.disk.folders):
        _carry_out(rendered, state, {path: files[path] for path in changed}, set(removed))
    return Written(tuple(changed), len(files) - len(changed), tuple(removed), tuple(foreign))


def remove_output(rendered: Path, name: str) -> Written:
    """Remove what the output of an environment that is gone owns, and its folder unless something foreign is in it."""
    return write(rendered, name, {}, b"")


def _carry_out(rendered: Path, state: State, changed: Mapping[str, bytes], removed: set[str]) -> None:
    """Make the changes; whatever ends it, no temporary and no empty folder of it stays."""
    staged = _Staged()
    where = os.path.relpath(state.top, rendered.parent)
    try:
        with told(rendered, "written", f"{where} is as it was"):
            _stage(rendered, state, changed, removed, staged)
        with told(rendered, "written", f"each file of {where} is whole, old or new"):
            _commit(rendered, state, removed, staged)
    finally:
        for temporary, _ in (*staged.files, *staged.union, *staged.final):
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        _remove_empty(reversed(staged.made))


def _stage(rendered: Path, state: State, changed: Mapping[str, bytes], removed: set[str], staged: _Staged) -> None:
    """All that is likely to fail and changes nothing: rights, folders, and each content in a temporary."""
    top = state.top
    for path in state.disk.temporaries:
        os.unlink(top + path)
    _check_rights({top + _folder(path) for path in removed})
    if state.new_sums is None:
        return
    # a file of ours that stands where a folder should be goes only when all is prepared
    staged.later = sorted(folder for folder in state.folders if _is_in(folder, removed))
    if not state.disk.exists:
        _make_folders(_down_to(rendered, top), staged)
    _make_folders((top + path for path in sorted(state.folders.difference(state.disk.folders, staged.later))), staged)
    for number, (path, content) in enumerate(changed.items()):
        folder = _folder(path)
        while folder[:-1] in staged.later:
            folder = _folder(folder[:-1])
        _stage_one(staged.files, f"{top}{folder}{PREFIX}{number}", top + path, content)
    # the old digests stay for now, so that a file not yet replaced is known as stale and not taken for edited
    union = listing(state.digests | {path: state.owned[path] for path in state.owned.keys() & state.disk.files})
    if union != state.old_sums:
        _stage_one(staged.union, f"{top}{PREFIX}union", top + SUMS, union)
    if union != state.new_sums:
        _stage_one(staged.final, f"{top}{PREFIX}final", top + SUMS, state.new_sums)


def _stage_one(temporaries: list[tuple[str, str]], temporary: str, place: str, content: bytes) -> None:
    """Write one temporary; it is noted before it is there, so that an interruption cannot lose it."""
    temporaries.append((temporary, place))
    try:
        descriptor = os.open(temporary, _CREATE, 0o666)
        try:
            done = os.write(descriptor, content)
            while done < len(content):
                done += os.write(descriptor, content[done:])
        finally:
            os.close(descriptor)
    except OSError as error:
        raise OSError(error.errno, error.strerror, place) from error


def _commit(rendered: Path, state: State, removed: set[str], staged: _Staged) -> None:
    """Put everything in its place. The order is what makes a kill at any moment harmless."""
    top = state.top
    _put(staged.union)
    cleared = _clear_the_way(state, removed, staged)
    _make_folders((top + folder for folder in staged.later), staged)
    _put(staged.files)
    for path in sorted(removed - cleared):
        os.unlink(top + path)
    _put(staged.final)
    _remove_empty(top + folder for folder in reversed(state.disk.folders) if folder not in state.folders)
    if state.new_sums is None:
        if state.old_sums is not None:
            os.unlink(top + SUMS)
        _remove_empty(reversed(_down_to(rendered, top)[1:]))
    staged.made.clear()


def _put(temporaries: list[tuple[str, str]]) -> None:
    while temporaries:
        os.replace(*temporaries[-1])
        temporaries.pop()


def _clear_the_way(state: State, removed: set[str], staged: _Staged) -> set[str]:
    """Remove what is ours and stands as a file where a folder should be, or the other way round; tell which files."""
    places = {place[len(state.top) :] for _, place in staged.files}
    cleared = {path for path in removed if path in state.folders or _is_in(path, places)}
    for path in sorted(cleared):
        os.unlink(state.top + path)
    for folder in reversed(state.disk.folders):
        if _is_in(folder, places):
            os.rmdir(state.top + folder)
    return cleared


def _make_folders(folders: Iterable[str], staged: _Staged) -> None:
    for folder in folders:
        with contextlib.suppress(FileExistsError):
            os.mkdir(folder)
            staged.made.append(folder)


def _remove_empty(folders: Iterable[str]) -> None:
    """Remove those of the folders that nothing is in; git sees no empty folder, so one that stays is no harm."""
    for folder in folders:
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def _check_rights(folders: Iterable[str]) -> None:
    """Raise OSError for the first folder that nothing can be removed from."""
    for folder in sorted(folders):
        if not os.access(folder, os.W_OK | os.X_OK):
            code = errno.EROFS if os.statvfs(folder).f_flag & os.ST_RDONLY else errno.EACCES
            raise OSError(code, os.strerror(code), folder)


def _down_to(rendered: Path, top: str) -> list[str]:
    """The folders from `rendered` down to the output's, both included."""
    folders = [os.fspath(rendered)]
    for step in top[len(folders[0]) + 1 : -1].split("/"):
        folders.append(f"{folders[-1]}/{step}")
    return folders


def _folder(path: str) -> str:
    """The folder a relative path lies in, with `/` at its end; empty for the topmost."""
    return path[: path.rfind("/") + 1]


def _is_in(path: str, places: Collection[str]) -> bool:
    """Whether the relative path, or one of the folders it lies in, is one of `places`."""
    while path and path not in places:
        path = path.rpartition("/")[0]
    return bool(path)
