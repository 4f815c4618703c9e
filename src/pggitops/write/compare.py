"""How an output on disk differs from what it should be. Only reads."""

from __future__ import annotations

import enum
import hashlib
import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from pggitops.errors import CannotGoOn
from pggitops.plain_secrets import masked, shown
from pggitops.record import mutable, value
from pggitops.write.disk import Disk, holds, locate, locate_root, printable, read, told, walk
from pggitops.write.sums import SUMS, digests, is_safe, listing, parse

_DIFF_WINDOW = 400
_SECRET = rb"""(?m)(?:^|[\s{,])["']?kind["']?:\s*["']?Secret["']?\s*(?:$|[,}#])"""


class Kind(enum.StrEnum):
    """How a file differs from what it should be."""

    MISSING = "missing"
    STALE = "stale"
    EDITED = "edited"
    UNEXPECTED = "unexpected"
    REMOVED = "removed"
    SUMS = "sums"


@value
class Difference:
    """One file of an output that is not as it should be; `path` is relative to the output's folder.

    `missing`: wanted and not there. `stale`: as it was rendered, but its source has changed since. `edited`: changed by
    hand. `unexpected`: foreign, or no regular file. `removed`: ours and no longer wanted. `sums`: SHA256SUMS itself.
    """

    path: str
    kind: Kind


@mutable
class State:
    """An output as it is and as it should be; `top` is its folder with `/` at the end, digests are by path.

    `owned` holds what the SHA256SUMS on disk lists; it is left empty where nothing differs.
    """

    top: str
    disk: Disk
    folders: set[str]
    digests: dict[str, str]
    owned: dict[str, str]
    old_sums: bytes | None
    new_sums: bytes | None
    differences: tuple[Difference, ...] = ()

    def of(self, *kinds: Kind) -> list[str]:
        """The paths that differ in one of these ways, sorted."""
        return [difference.path for difference in self.differences if difference.kind in kinds]


def compare(rendered: Path, name: str, files: Mapping[str, bytes], header: bytes) -> tuple[Difference, ...]:
    """How the output `rendered`/`name` differs from `files` (relative path with `/` -> content), sorted by path.

    `header` is the line that our files begin with: one that does, and stands where one is wanted, is ours though
    SHA256SUMS may not list it. Without `files` nothing is wanted, not even a SHA256SUMS. Raises CannotGoOn where the
    disk cannot be read, or a path or a symbolic link leads elsewhere, and ValueError where two paths clash.
    """
    return inspect(rendered, name, files, header).differences


def inspect(rendered: Path, name: str, files: Mapping[str, bytes], header: bytes) -> State:
    """What `compare` tells, with what it was told from."""
    folders = folders_of(files)
    _check(name, files, folders)
    top = locate(rendered, name)
    digest_of = digests(files)
    with told(rendered, "read"):
        disk = walk(top)
        sums = listing(digest_of) if files else None
        state = State(top, disk, folders, digest_of, {}, None, sums)
        if SUMS in disk.files:
            disk.files.remove(SUMS)
            state.old_sums = sums if sums and holds(top + SUMS, sums) else read(top + SUMS)
        there = disk.files
        changed = [path for path, content in files.items() if path not in there or not holds(top + path, content)]
        # as many files as wanted, and each of them there: then there is no other
        if changed or disk.odd or len(there) != len(files) or state.old_sums != sums:
            state.owned = parse(state.old_sums or b"")
            found = _differences(state, changed, files, header)
            state.differences = tuple(sorted(found, key=lambda difference: difference.path))
    return state


def _differences(
    state: State, changed: Iterable[str], files: Mapping[str, bytes], header: bytes
) -> Iterator[Difference]:
    disk = state.disk
    for path in changed:
        if path in disk.files:
            yield Difference(path, _kind(state.top + path, state.owned.get(path), header))
        elif path not in disk.odd:
            yield Difference(path, Kind.MISSING)
    for path in disk.files - files.keys():
        yield Difference(path, Kind.REMOVED) if path in state.owned else _unexpected(path)
    for path in disk.odd:
        yield _unexpected(path)
    if state.old_sums != state.new_sums and SUMS not in disk.odd:
        yield Difference(SUMS, Kind.SUMS if files else Kind.REMOVED)


def _unexpected(path: str) -> Difference:
    # a name that is not ours can hold anything, also what cannot be printed
    return Difference(path if is_safe(path) else printable(path), Kind.UNEXPECTED)


def _kind(path: str, listed: str | None, header: bytes) -> Kind:
    """In which way the file at `path`, whose content is not the wanted one, differs."""
    if listed is None:
        return Kind.EDITED if read(path, len(header)) == header else Kind.UNEXPECTED
    with open(path, "rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Kind.STALE if digest == listed else Kind.EDITED


def folders_of(paths: Iterable[str]) -> set[str]:
    """Every folder that the relative paths lie in, without the topmost."""
    folders: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in folders:
            folders.add(folder)
            folder = folder.rpartition("/")[0]
    return folders


def _check(name: str, files: Collection[str], folders: Collection[str]) -> None:
    """Raise where a path may lead out of its output or is kept for ourselves, or where two exclude each other."""
    if not all(map(is_safe, files)):
        path = next(path for path in files if not is_safe(path))
        raise CannotGoOn(
            f"{path!r} cannot be the path of a file in rendered/{name}",
            "rename the file or the object that it is made from",
        )
    # some file systems do not tell upper case from lower
    if len({path.casefold() for path in (*files, *folders, SUMS)}) <= len(files) + len(folders):
        raise ValueError(f"{name}: two paths differ in case only, or a file has the name of a folder or of {SUMS}")


def short_diff(rendered: Path, name: str, path: str, files: Mapping[str, bytes], lines: int = 20) -> str:
    """The hunks of a unified diff from the file on disk to the wanted one, with at most `lines` lines and a last one
    that counts the rest; empty where there is nothing to show. The arguments are those `compare` was given.

    What a terminal would obey is escaped, and secrets are left out: the whole of a Secret. Raises CannotGoOn where the
    file cannot be read.
    """
    top = locate(rendered, name)
    with told(rendered, "read"):
        old = read(top + path) if path in walk(top).files else b""
    new = listing(digests(files)) if path == SUMS and files else files.get(path, b"")
    secret = shown(old.decode("utf-8", "replace")), shown(new.decode("utf-8", "replace"))
    if secret[0] is None or secret[1] is None or any(re.search(_SECRET, content) for content in (old, new)):
        return ""
    hunks = list(_hunks(_lines(old), _lines(new), secret[0] | secret[1]))
    rest = [f"… {len(hunks) - lines} more lines"] if len(hunks) > lines else []
    return "\n".join(hunks[:lines] + rest)


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8", "replace").split("\n") if content else []


def _hunks(old: list[str], new: list[str], instead: Mapping[str, str]) -> Iterator[str]:
    """The hunks of a unified diff, looked for only from the first line that differs on: a long file costs little.

    Lines are compared as they are, and shown as `instead` says.
    """
    import difflib  # only a difference needs it

    first = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = max(0, first - 3)
    window = slice(start, start + _DIFF_WINDOW)
    hunks = difflib.unified_diff(old[window], new[window], lineterm="")
    for line in list(hunks)[2:]:
        if line.startswith("@@"):
            yield re.sub(r"([-+])(\d+)", lambda match: f"{match[1]}{int(match[2]) + start}", line)
        else:
            yield printable(line[:1] + masked(instead.get(line[1:], line[1:])))


def outputs(rendered: Path) -> Iterator[str]:
    """The names of the outputs on disk, in any order: the folders with a SHA256SUMS (`prod`, `targets/eu1/crds`).

    Raises CannotGoOn where the disk cannot be read.
    """
    return (path for path, is_output in _survey(rendered) if is_output)


def strays(rendered: Path, names: Iterable[str] = ()) -> list[str]:
    """What lies below `rendered` in no output, neither on disk nor among `names`: relative paths, sorted.

    Raises CannotGoOn where the disk cannot be read.
    """
    wanted = tuple(f"{name}/" for name in names)
    return sorted(path for path, is_output in _survey(rendered) if not is_output and not path.startswith(wanted))


def _survey(rendered: Path) -> Iterator[tuple[str, bool]]:
    """Every output, and every file outside of one: its relative path, fit to print, and whether it is an output."""
    top = locate_root(rendered)
    pending = [""] if rendered.is_dir() else []
    with told(rendered, "read"):
        while pending:
            prefix = pending.pop()
            if prefix and _is_file(f"{top}/{prefix}{SUMS}"):
                yield prefix.removesuffix("/"), True
                continue
            with os.scandir(f"{top}/{prefix}") as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(f"{prefix}{entry.name}/")
                    else:
                        yield printable(prefix + entry.name), False


def _is_file(path: str) -> bool:
    """Whether a regular file is there. Raises OSError where that cannot be told."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except FileNotFoundError:
        return False
