"""The only caller of git. Nothing is checked out, and neither the work tree nor the index is touched."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import IO

from pggitops.errors import CannotGoOn
from pggitops.findings import did_you_mean
from pggitops.plan.listing import Listing
from pggitops.record import mutable, record

FOLDERS = "compare two folders instead: `pggitops plan --from DIR --to DIR`"
_UNSHALLOW = "in GitHub Actions `fetch-depth: 0` for actions/checkout, in GitLab `GIT_DEPTH: 0`"


@record
class Repository:
    """A work tree with `root` in it; `prefix` is `root` from the work tree's top, empty or with `/` at its end."""

    root: Path
    prefix: str
    algorithm: str
    is_shallow: bool


@record
class Revision:
    """A commit, and what it is called in a plan."""

    commit: str
    words: str


def repository(root: Path) -> Repository:
    """The repository that `root` lies in. CannotGoOn without git, outside of a repository, and in a bare one."""
    asked = ("--is-inside-work-tree", "--show-object-format", "--is-shallow-repository", "--show-prefix")
    done = _run(root, "rev-parse", *asked)
    said = done.stderr.decode("utf-8", "replace")
    if done.returncode and "dubious ownership" in said:
        fix = f"If you trust it: `git config --global --add safe.directory {root}`."
        raise CannotGoOn("git refuses the repository, for it belongs to somebody else", fix)
    if done.returncode and "not a git repository" in said.lower():
        raise CannotGoOn(f"{root} is in no git repository", f"Run `git init` and commit, or {FOLDERS}.")
    if done.returncode:
        raise _failed("the repository cannot be read", said)
    inside, algorithm, shallow, prefix = (*done.stdout.decode("utf-8", "surrogateescape").split("\n"), "", "")[:4]
    if inside != "true":
        fix = f"Run it in a clone or in a work tree (`git worktree add`), or {FOLDERS}."
        raise CannotGoOn(f"{root} is in a bare repository, which has no files to plan", fix)
    return Repository(root, prefix, algorithm, shallow == "true")


def is_bare(folder: Path) -> bool:
    """Whether a folder lies in a repository without a work tree; no where there is no git."""
    try:
        return _run(folder, "rev-parse", "--is-bare-repository").stdout.strip() == b"true"
    except CannotGoOn:
        return False


def knows(repository: Repository, word: str) -> bool:
    """Whether a word names a commit."""
    return _commit(repository, word) is not None


def revision(repository: Repository, word: str) -> Revision:
    """The commit that somebody named. CannotGoOn where there is none, with what to fetch."""
    commit = _commit(repository, word)
    if commit is None:
        raise _unknown(repository, word)
    return Revision(commit, f"{word} ({commit[:9]})" if not commit.startswith(word) else commit[:9])


def default_base(repository: Repository, environ: Mapping[str, str]) -> Revision:
    """Where HEAD left the branch it is to be merged into: as CI says, else the remote's default branch.

    `environ` are the variables that GitHub Actions and GitLab CI set for a pull request.
    """
    if _commit(repository, "HEAD") is None:
        fix = f"Commit once, or {FOLDERS}."
        raise CannotGoOn("there is no commit yet, so nothing to compare with", fix)
    # only where GitLab has merged already, into what is then the base
    merged_into = environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "")
    given = merged_into or environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", "")
    if given:
        commit = _commit(repository, given)
        if commit is None:
            raise _missing(
                repository, f"the merge request's base {given[:9]}", _command("fetch", "--depth=1", "origin", given)
            )
        return Revision(commit, f"the merge request's base ({commit[:9]})")
    name = environ.get("GITHUB_BASE_REF") or environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME")
    branch = _branch_of(repository, name) if name else _default_branch(repository)
    commit = _merge_base(repository, branch, "HEAD")
    return Revision(commit, f"the merge base with {branch} ({commit[:9]})")


def merge_base(repository: Repository, one: str, other: str) -> Revision:
    """Where two revisions parted."""
    for word in (one, other):
        revision(repository, word)
    commit = _merge_base(repository, one, other)
    return Revision(commit, f"the merge base of {one} and {other} ({commit[:9]})")


def tree(repository: Repository, commit: str) -> Listing:
    """The files of a commit below `root` by their paths from there, each with its object id; links are left out."""
    command = ("ls-tree", "-r", "-z", "--full-tree", commit, *(("--", repository.prefix) if repository.prefix else ()))
    # of thousands of environments it is long
    with tempfile.TemporaryFile() as listed:
        done = _run(repository.root, *command, into=listed)
        if done.returncode:
            raise _failed("git ls-tree has failed", done.stderr.decode("utf-8", "replace"))
        listed.seek(0)
        return Listing(_listed(listed, repository.prefix))


def _listed(stream: IO[bytes], prefix: str) -> Iterator[tuple[str, str]]:
    rest = b""
    while chunk := stream.read(1 << 16):
        *lines, rest = (rest + chunk).split(b"\0")
        for line in lines:
            words, _, path = line.decode("utf-8", "surrogateescape").partition("\t")
            if words.startswith("100"):
                yield path.removeprefix(prefix), words.split(" ")[2]


def blob_id(content: bytes, algorithm: str = "sha1") -> str:
    """The object id git gives to a file of this content, without any conversion of line ends."""
    return hashlib.new(algorithm, b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()


@mutable
class Blobs:
    """Contents by object id, from one `git cat-file --batch`; each process that asks starts its own."""

    repository: Repository
    running: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def read(self, id: str) -> bytes:
        """The content of a blob."""
        process = self.running.get(os.getpid())
        if process is None:
            process = self.running[os.getpid()] = _batch(self.repository.root)
        if process.stdin is None or process.stdout is None:
            raise _failed("git gives no contents", "")
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(f"{id}\n".encode())
            process.stdin.flush()
        words = process.stdout.readline().split()
        if len(words) != 3:
            raise _missing(self.repository, f"the object {id[:9]}", "git fetch --refetch")
        content = process.stdout.read(int(words[2]))
        process.stdout.read(1)
        return content

    def close(self) -> None:
        """End the process of this one."""
        process = self.running.pop(os.getpid(), None)
        if process is not None:
            for stream in (process.stdin, process.stdout):
                if stream:
                    stream.close()
            process.wait()


@contextlib.contextmanager
def blobs(repository: Repository) -> Iterator[Blobs]:
    """The contents of a repository; what reads them ends with the context."""
    opened = Blobs(repository)
    try:
        yield opened
    finally:
        opened.close()


def _batch(root: Path) -> subprocess.Popen[bytes]:
    command = ["git", "-C", os.fspath(root), "cat-file", "--batch"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def _run(root: Path, *arguments: str, into: IO[bytes] | None = None) -> subprocess.CompletedProcess[bytes]:
    # git's words are looked at; and it is not to write an index that it has refreshed
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        return subprocess.run(
            ["git", "-C", os.fspath(root), *arguments],
            stdout=subprocess.PIPE if into is None else into,
            stderr=subprocess.PIPE,
            env=environment,
            check=False,
        )
    except FileNotFoundError as error:
        raise CannotGoOn("git is not installed", f"Install it, or {FOLDERS}.") from error
    except OSError as error:
        raise CannotGoOn(f"git cannot be run: {error.strerror}", f"Mend that, or {FOLDERS}.") from error


def _ok(repository: Repository, *arguments: str) -> bytes:
    done = _run(repository.root, *arguments)
    if done.returncode:
        raise _failed(f"git {arguments[0]} has failed", done.stderr.decode("utf-8", "replace"))
    return done.stdout


def _failed(what: str, said: str) -> CannotGoOn:
    reason = next((line.removeprefix("fatal: ") for line in said.splitlines() if line.strip()), "git says nothing")
    return CannotGoOn(f"{what}: {reason}", f"Mend the repository (`git fsck`), or {FOLDERS}.")


def _commit(repository: Repository, word: str) -> str | None:
    # what begins with a hyphen would be an option
    if not word or word.startswith("-") or "\0" in word:
        return None
    done = _run(repository.root, "rev-parse", "--verify", "--quiet", f"{word}^{{commit}}")
    return done.stdout.decode().strip() if not done.returncode else None


def _unknown(repository: Repository, word: str) -> CannotGoOn:
    if word == "HEAD":
        return CannotGoOn("there is no commit yet, so nothing to compare with", f"Commit once, or {FOLDERS}.")
    listed = _ok(repository, "for-each-ref", "--format=%(refname:short)")
    names = listed.decode("utf-8", "replace").split()
    if repository.is_shallow and re.search("[~^]", word):
        return _missing(repository, f'the revision "{word}"', "git fetch --deepen=1")
    remote = next((name for name in _remotes(repository) if word.startswith(f"{name}/")), "origin")
    branch = word.removeprefix(f"{remote}/")
    if repository.is_shallow or not names:
        return _missing(repository, f'the revision "{word}"', _command("fetch", "--depth=1", remote, branch))
    there = f"`{_command('fetch', remote, branch)}` if it is there only"
    fetch = there if _remotes(repository) else "`git branch --all` lists"
    return CannotGoOn(
        f'there is no revision "{word}"{did_you_mean(word, names)}',
        f"Name a branch, a tag or a commit; {fetch}{'' if _remotes(repository) else ' them'}.",
    )


def _missing(repository: Repository, what: str, fetch: str) -> CannotGoOn:
    why = ", whose history is shallow" if repository.is_shallow else ""
    return CannotGoOn(f"{what} is not in this clone{why}", f"Fetch it: `{fetch}`; or all of it: {_UNSHALLOW}.")


def _remotes(repository: Repository) -> list[str]:
    names = _ok(repository, "remote").decode("utf-8", "replace").split()
    return sorted(names, key=lambda name: (name != "origin", name))


def _branch_of(repository: Repository, name: str) -> str:
    """The branch of that name as the remote has it, else as it is here."""
    remotes = _remotes(repository)
    for ref in (*(f"{remote}/{name}" for remote in remotes), name):
        if _commit(repository, ref):
            return ref
    remote = remotes[0] if remotes else "origin"
    raise _missing(repository, f'the branch "{name}"', _fetch(repository, remote, name))


def _fetch(repository: Repository, remote: str, name: str) -> str:
    deep = ["--unshallow"] if repository.is_shallow else []
    return _command("fetch", *deep, remote, f"+refs/heads/{name}:refs/remotes/{remote}/{name}")


def _command(*words: str) -> str:
    """A command of git's for a person to paste: a revision may be called like a command of the shell's."""
    return shlex.join(["git", *words])


def _default_branch(repository: Repository) -> str:
    remotes = _remotes(repository)
    for remote in remotes:
        if _commit(repository, f"{remote}/HEAD"):
            done = _run(repository.root, "symbolic-ref", "--short", f"refs/remotes/{remote}/HEAD")
            return done.stdout.decode().strip() or f"{remote}/HEAD"
    for ref in (f"{remote}/{name}" for remote in remotes for name in ("main", "master")):
        if _commit(repository, ref):
            return ref
    if remotes:
        known = f"`{_command('fetch', remotes[0])}` and `{_command('remote', 'set-head', remotes[0], '--auto')}`"
        fix = f"Run {known}, or name the base:"
        raise CannotGoOn(f"the default branch of {remotes[0]} is not known here", f"{fix} `pggitops plan BASE`.")
    fix = "Name the base: `pggitops plan main`, or `pggitops plan HEAD` for what is not committed yet."
    raise CannotGoOn("there is no remote, so no default branch to compare with", fix)


def _merge_base(repository: Repository, one: str, other: str) -> str:
    done = _run(repository.root, "merge-base", one, other)
    commit = done.stdout.decode().strip()
    if re.fullmatch("[0-9a-f]{40,64}", commit):
        return commit
    if repository.is_shallow:
        remote, _, name = one.partition("/")
        fetch = _fetch(repository, remote, name) if name else "git fetch --unshallow"
        raise CannotGoOn(
            f"where {other} left {one} cannot be told: the history of this clone is shallow",
            f"Fetch it: `{fetch}`; {_UNSHALLOW}.",
        )
    raise CannotGoOn(f"{one} and {other} have no history in common", f"Name the base: `pggitops plan {one}`.")
