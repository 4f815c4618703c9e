"""Which templates a repository has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pggitops.errors import CannotGoOn
from pggitops.findings import did_you_mean
from pggitops.record import value
from pggitops.yamlio import MAX_BYTES

FOLDER = "templates"
SCOPES = ("environment", "cluster")
POLICY = "policy"
"""The scope of a file that holds no template but a policy."""


@value
class TemplateFile:
    """A template as it lies there: `path` relative to the root with `/`, `scope` of `SCOPES` or `POLICY`, its bytes."""

    path: str
    scope: str
    data: bytes


@value
class TemplateProblem:
    """What is wrong with a template, at a place in it; `line` and `column` from 1.

    `policy` is `template-…` or, where the file is no strict YAML, the reader's `yaml-…`. `cluster` names the one it was
    rendered for. `is_general` tells that the template itself is wrong, whatever the environment. `where` is what a
    policy was judging: `ConfigMap settings`.
    """

    template: str
    line: int
    column: int
    policy: str
    message: str
    fix: str
    cluster: str = ""
    is_general: bool = True
    where: str = ""


def find(root: Path) -> tuple[list[TemplateFile], list[TemplateProblem]]:
    """The templates below `root`, sorted by path, and what lies beside them that would go unread.

    CannotGoOn if a file cannot be read.
    """
    files: list[TemplateFile] = []
    problems: list[TemplateProblem] = []
    folder = root / FOLDER
    if folder.is_dir():
        problems.extend(_misplaced(folder))
        for scope in SCOPES:
            _collect(root, scope, files, problems)
    return files, problems


def _misplaced(folder: Path) -> Iterator[TemplateProblem]:
    """Files beside the folders, and folders whose names come close to theirs."""
    for entry in sorted(folder.iterdir()):
        meant = did_you_mean(entry.name, SCOPES)
        if entry.name not in SCOPES and (meant if entry.is_dir() else entry.suffix in (".yaml", ".yml")):
            message = f"{FOLDER}/{entry.name} is not read{meant}"
            fix = "Put templates into templates/environment or templates/cluster."
            yield TemplateProblem(f"{FOLDER}/{entry.name}", 1, 1, "template-misplaced", message, fix)


def _collect(root: Path, scope: str, files: list[TemplateFile], problems: list[TemplateProblem]) -> None:
    folder = root / FOLDER / scope
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = f"{FOLDER}/{scope}/{path.name}"
        refused = _refused(path, name, root)
        if refused:
            problems.append(TemplateProblem(name, 1, 1, *refused))
        elif path.suffix == ".yaml":
            files.append(TemplateFile(name, scope, _read(path, name)))


def _refused(path: Path, name: str, root: Path) -> tuple[str, str, str] | None:
    """Why a file next to the templates, or among them, is not read: id, message and fix."""
    if path.is_dir() or path.suffix == ".yml":
        return "template-misplaced", f"{name} is not read", "Put templates right into this folder, named *.yaml."
    if path.suffix != ".yaml":
        return None
    if not path.resolve().is_relative_to(root.resolve()):
        return "template-forbidden", f"{name} is a link out of the repository", "Put the file itself here."
    if not path.is_file():
        return "template-misplaced", f"{name} is no file", "Put a file here, or remove it."
    if path.stat().st_size > MAX_BYTES:
        message = f"{name} has more than {MAX_BYTES:,} bytes"
        return "template-too-large", message, "Put large content into manifests/ instead."
    return None


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CannotGoOn(f"{name} cannot be read: {error.strerror}", "Make it readable, or remove it.") from error
