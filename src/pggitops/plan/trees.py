"""The files of one side, each known by the object id git gives to its content: equal ids need no reading."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from pggitops import kustomizations
from pggitops.errors import CannotGoOn
from pggitops.findings import did_you_mean
from pggitops.plan import git
from pggitops.plan.listing import Groups, Listing
from pggitops.record import record
from pggitops.write import PREFIX, SUMS

RENDERED = "rendered/"
SOURCES = ("environments/", "templates/", "crds/", "schemas/kinds/custom/")
"""What an environment is rendered from, below the root."""


@record
class Tree:
    """Files by their paths, each with its object id; `words` says what it is, `read` gives the content of a path.

    `given` is the folder that somebody named, for what lies in one below `rendered/`; else empty.
    """

    words: str
    ids: Listing
    read: Callable[[str], bytes]
    algorithm: str = "sha1"
    given: str = ""


def of_commit(repository: git.Repository, blobs: git.Blobs, revision: git.Revision) -> Tree:
    """The files of a commit below the fleet's root."""
    ids = git.tree(repository, revision.commit)
    return Tree(revision.words, ids, lambda path: blobs.read(ids[path]), repository.algorithm)


def of_folder(folder: Path, words: str, below: str = "") -> Tree:
    """The YAML and JSON files in a folder; their paths begin with `below`. CannotGoOn where there are none."""
    if not folder.is_dir():
        raise CannotGoOn(f"{folder} is no folder", "Name a folder of manifests.")
    with _readable(folder):
        paths = [path for path in _walked(folder) if path.endswith((".yaml", ".yml", ".json"))]
        ids = Listing((below + path, git.blob_id((folder / path).read_bytes())) for path in sorted(paths))
    return Tree(words, ids, lambda path: (folder / path.removeprefix(below)).read_bytes())


@contextlib.contextmanager
def _readable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotGoOn(f"{error.filename or folder} cannot be read: {error.strerror}", "Mend that.") from error


def _walked(folder: Path) -> Iterator[str]:
    for top, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in files:
            path = Path(top, name)
            if path.is_file() and not name.startswith("."):
                yield path.relative_to(folder).as_posix()


def rendered(tree: Tree) -> Mapping[str, Mapping[str, str]]:
    """The manifests of a tree by environment (empty: the fleet's) and by their paths below `rendered/`, with their ids.

    Left out are lists of files, `kustomization.yaml`, and what a killed run left.
    """
    return Groups(tree.ids, lambda path: place_of(path)[0] if is_manifest(path) else None, RENDERED)


def given(tree: Tree, path: str) -> str:
    """Where on the disk a file below `rendered/` lies in the folder that somebody named; empty if nobody did."""
    return f"{tree.given}/{path}" if tree.given else ""


def is_manifest(path: str) -> bool:
    """Whether a file is compared, by its name."""
    name = path.rpartition("/")[2]
    is_named = name.endswith((".yaml", ".yml", ".json")) and not name.startswith(PREFIX)
    return is_named and not kustomizations.is_one(path)


def is_rendered(tree: Tree) -> bool:
    """Whether a side has outputs at all."""
    return any(path.startswith(RENDERED) and path.endswith(f"/{SUMS}") for path in tree.ids)


def environments(tree: Tree) -> list[str]:
    """The environments a side has sources of, sorted."""
    steps = (path.split("/") for path in tree.ids if path.startswith("environments/"))
    return sorted({step[1] for step in steps if len(step) > 2 and step[1] != "bases" and not step[1].startswith(".")})


def extract(tree: Tree, folder: Path, prefixes: Iterable[str]) -> None:
    """Write the files below some prefixes into a folder, with the paths they have in the tree."""
    wanted = tuple(prefixes)
    write(tree, folder, (path for path in tree.ids if path.startswith(wanted)))


def write(tree: Tree, folder: Path, paths: Iterable[str]) -> None:
    """Write these files into a folder, with the paths they have in the tree."""
    for path in paths:
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(tree.read(path))


def place_of(path: str) -> tuple[str, str]:
    """The environment and the cluster a file below `rendered/` is of; both empty for the fleet's own and nobody's."""
    steps = path.split("/")
    if len(steps) == 1:
        return "", ""
    if steps[0] in ("argocd", "flux"):
        at = steps.index("environments") if "environments" in steps else len(steps)
        return (steps[at + 1] if at + 2 < len(steps) else "", "")
    if steps[0] == "targets":
        return "", ""
    return steps[0], steps[1] if len(steps) > 2 and steps[1] != "operator" else ""


def target_of(path: str) -> str:
    """The target of what lies below `rendered/` in no environment's own folder, by its path; empty for the others."""
    steps = path.split("/")
    if steps[0] == "argocd":
        return f"argocd/{steps[1]}"
    return steps[1] if steps[0] in ("flux", "targets") and len(steps) > 1 else ""


def unknown(names: Iterable[str], pattern: str) -> CannotGoOn:
    """Nothing of that name on either side."""
    known = sorted(names)
    shown = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
    hint = did_you_mean(pattern, known)
    return CannotGoOn(f'neither side has an environment "{pattern}"{hint}', f"There are: {shown or 'none'}.")
