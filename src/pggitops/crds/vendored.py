"""The folder `crds/` of the user's repository: one file per operator version."""

from __future__ import annotations

import contextlib
import functools
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pggitops.crds.recognise import LIMIT, Document, Recognised, label, names
from pggitops.errors import CannotGoOn


def path_of(version: str) -> str:
    """Where the CRDs of an operator version lie, from the repository's root."""
    return f"crds/{version}.yaml"


def add(root: Path, found: Recognised, *, force: bool = False) -> bool:
    """Write the file of a version, in one step; whether something was written.

    Raises CannotGoOn where another content is there (unless `force`), or where it cannot be written.
    """
    path, content = path_of(found.version), _text(found)
    file = root / path
    _stay_inside(root, path)
    try:
        if os.path.lexists(file):
            if file.read_bytes() == content:
                return False
            if not force:
                fix = "Add --force to replace it, and look at what `git diff` then shows."
                raise CannotGoOn(f"{path} is there already with another content", fix)
        file.parent.mkdir(exist_ok=True)
        _replace(file, content)
    except OSError as error:
        raise CannotGoOn(f"{path} cannot be written: {error.strerror}", "Mend that, and run it again.") from error
    return True


def differs(root: Path, found: Recognised) -> bool:
    """Whether the file of a version is not, byte for byte, what `add` writes. Raises OSError where it is not there."""
    return (root / path_of(found.version)).read_bytes() != _text(found)


def _text(found: Recognised) -> bytes:
    from pggitops import yamlio

    header = (
        f"# The CRDs of the Percona Operator for PostgreSQL {found.version}: deploy/crd.yaml without descriptions.\n"
        "# Written by `pggitops crds add`; do not edit.\n"
    )
    return (header + "---\n".join(yamlio.dump(document) for document in found.documents.values())).encode()


def _replace(file: Path, content: bytes) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(descriptor)
            # mkstemp makes a file that only its owner reads
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def read(root: Path, version: str) -> Mapping[str, Document]:
    """The eight CRDs of a version by name, not to be changed.

    Only that the file reads, holds these eight and says no other version is looked at here; `pggitops crds list` looks
    at all of it. Raises CannotGoOn where the file is not there or was changed by hand.
    """
    path = path_of(version)
    _stay_inside(root, path)
    try:
        with open(root / path, "rb") as stream:
            data = stream.read(LIMIT + 1)
    except FileNotFoundError as error:
        raise CannotGoOn(f"there is no {path}", "Run `pggitops crds add` with the crd.yaml of that version.") from error
    except OSError as error:
        raise CannotGoOn(f"{path} cannot be read: {error.strerror}", "Mend that, and run it again.") from error
    return _parsed(data, version)


# by content, so that it is never stale; several targets read the same file
@functools.lru_cache(maxsize=4)
def _parsed(data: bytes, version: str) -> Mapping[str, Document]:
    from pggitops import yamlio

    path, fix = path_of(version), "Run `pggitops crds add --force` with the crd.yaml of that version."
    documents, problems = yamlio.load_all(data, LIMIT)
    for problem in problems:
        raise CannotGoOn(f"{path}:{problem.line}:{problem.column}: {problem.message}", fix)
    found: dict[str, Document] = {}
    for document, line in documents:
        try:
            found[document["metadata"]["name"]] = document
        except (TypeError, KeyError) as error:
            raise CannotGoOn(f"{path}:{line}: this is no CRD", fix) from error
    said = label(found)
    # the Helm chart's label may be of another patch version
    if said and said.rpartition(".")[0] != version.rpartition(".")[0]:
        raise CannotGoOn(f"{path} holds the CRDs of operator {said}, not {version}", fix)
    if found.keys() != names(version) or len(documents) != len(found):
        raise CannotGoOn(f"{path} does not hold the eight CRDs of operator {version}", fix)
    return found


def _stay_inside(root: Path, path: str) -> None:
    if not os.path.realpath(root / path).startswith(os.path.realpath(root) + os.sep):
        raise CannotGoOn(f"{path} is a link that leaves the repository", "Put the file itself there.")
