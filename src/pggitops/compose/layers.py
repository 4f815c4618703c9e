"""From files to layers: which files an environment is made of, read strictly, every complaint a finding."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import Any

from pggitops import yamlio
from pggitops.compose.merge import Folded
from pggitops.findings import Finding, Place, Severity, did_you_mean, dotted
from pggitops.plain_secrets import Spot
from pggitops.record import mutable, record

RESERVED = frozenset(["argocd", "flux", "bases", "targets"])
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")

Steps = tuple[str | int, ...]


@record
class Layer:
    """One file of an environment: its document stands at `prefix` of the composed one (`clusters.<name>`, or the root).

    `schema` names the form it must have: environment, removed, base or cluster. `data` is the file as it was read.
    """

    file: str
    document: dict[str, Any]
    schema: str
    prefix: Steps = ()
    data: bytes = b""


@mutable
class Sources:
    """A repository and what has been read of it: bases are read once, whoever lists them."""

    root: Path
    bases: dict[str, Layer | None] = field(default_factory=dict)
    findings: dict[str, list[Finding]] = field(default_factory=dict)
    folded: dict[tuple[str, ...], Folded] = field(default_factory=dict)
    checked: dict[str, list[Finding]] = field(default_factory=dict)
    spots: dict[str, list[Spot]] = field(default_factory=dict)
    crds: list[str] | None = None

    def base_names(self) -> list[str]:
        """The bases that could be listed."""
        return _stems(self.root / "environments" / "bases")

    def vendored_crds(self) -> list[str]:
        """The operator versions whose CRDs lie in `crds/`."""
        if self.crds is None:
            self.crds = _stems(self.root / "crds")
        return self.crds


@record
class Loaded:
    """An environment's layers, lowest first, what kept others from being read, and the files to pass through."""

    layers: tuple[Layer, ...]
    findings: tuple[Finding, ...]
    passthrough: tuple[str, ...] = ()


def environment_names(root: Path) -> list[str]:
    """The folders below `environments/` that are environments, sorted."""
    with os.scandir(root / "environments") as entries:
        names = [entry.name for entry in entries if entry.is_dir() and entry.name != "bases"]
    return sorted(name for name in names if not name.startswith("."))


def strays(root: Path) -> Iterator[Finding]:
    """What lies beside environments and bases, looks like one of them, and would go unread."""
    folder = "environments"
    for entry in _sorted(root / folder):
        stem, ending = os.path.splitext(entry.name)
        if ending in (".yaml", ".yml") and not entry.is_dir():
            message = f"{entry.name} is not read: an environment is a folder"
            fix = f"Move it to {folder}/{stem}/environment.yaml, or, if it is a base, to {folder}/bases/{stem}.yaml."
            yield _finding("reference-unknown-file", message, fix, Place(f"{folder}/{entry.name}"))
    folder = "environments/bases"
    for entry in _sorted(root / folder) if (root / folder).is_dir() else ():
        stem, ending = os.path.splitext(entry.name)
        message, fix = "", ""
        if entry.is_dir() and not entry.name.startswith("."):
            message, fix = f"{entry.name} is a folder, and not read", "Bases lie right in bases/; move it."
        elif ending == ".yml":
            message, fix = f"{entry.name} ends in .yml", f"Rename it to {stem}.yaml."
        if message:
            yield _finding("reference-unknown-file", message, fix, Place(f"{folder}/{entry.name}"))


def _sorted(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def load(sources: Sources, name: str) -> Loaded:
    """All layers of the environment of that name."""
    findings: list[Finding] = []
    folder = f"environments/{name}"
    if name in RESERVED or not _NAME.fullmatch(name):
        message = f'"{name}" is reserved' if name in RESERVED else f'"{name}" is no name for an environment'
        fix = "Name the folder in lower-case letters, digits and dashes, at most 63, and none of " + _listed(RESERVED)
        findings.append(_finding("reference-environment-name", message, fix, Place(folder), name))
    files = _files(sources.root, folder, findings, name)
    if f"{folder}/environment.yaml" not in files.own:
        if not any(finding.policy == "yaml-unreadable" for finding in findings):
            message, fix = f"{folder}/ has no environment.yaml", "Write it (see `pggitops init`), or remove the folder."
            findings.append(_finding("reference-no-environment", message, fix, Place(folder), name))
        return Loaded((), tuple(findings))
    own = [_layer(sources.root, file, prefix, findings, name) for file, prefix in files.own.items()]
    overlay = own[0]
    layers = [layer for layer in own if layer is not None]
    if overlay is not None:
        findings.extend(_twice(overlay, layers))
        layers = _bases(sources, overlay, findings, name) + layers
    return Loaded(tuple(layers), tuple(findings), tuple(files.passthrough))


def _finding(policy: str, message: str, fix: str, place: Place, environment: str = "", path: Steps = ()) -> Finding:
    return Finding(policy, Severity.ERROR, message, fix, place, dotted(path), environment)


def _listed(words: frozenset[str]) -> str:
    return ", ".join(sorted(words)) + "."


@mutable
class _Files:
    own: dict[str, Steps] = field(default_factory=dict)
    passthrough: list[str] = field(default_factory=list)


def _files(root: Path, folder: str, findings: list[Finding], environment: str) -> _Files:
    """What lies in an environment's folder, `environment.yaml` first; what does not belong there is a finding."""
    files = _Files()
    inside = _Inside(root, findings, environment)
    known = {"environment.yaml": False, "clusters": True, "manifests": True}
    names = {entry.name: entry for entry in inside.entries(folder)}
    if "environment.yaml" in names and not names["environment.yaml"].is_dir():
        files.own[f"{folder}/environment.yaml"] = ()
    for name, entry in sorted(names.items()):
        if known.get(name) is not entry.is_dir() and not name.startswith("."):
            fix = "An environment has environment.yaml, clusters/<name>.yaml and manifests/; move or remove the rest."
            message = f"{name} is no file of an environment{did_you_mean(name, known)}"
            findings.append(_finding("reference-unknown-file", message, fix, Place(f"{folder}/{name}"), environment))
    if "clusters" in names and names["clusters"].is_dir():
        _cluster_files(inside, f"{folder}/clusters", files)
    if "manifests" in names and names["manifests"].is_dir():
        for entry in inside.entries(f"{folder}/manifests"):
            if entry.name.startswith("."):
                continue
            if entry.is_dir():
                place = Place(f"{folder}/manifests/{entry.name}")
                fix = "Ready manifests lie right in manifests/; move or remove the folder."
                inside.report("reference-unknown-file", f"{entry.name} is a folder, and not read", fix, place)
            else:
                files.passthrough.append(f"{folder}/manifests/{entry.name}")
        files.passthrough.sort()
    return files


def _cluster_files(inside: _Inside, folder: str, files: _Files) -> None:
    seen: dict[str, str] = {}
    for entry in sorted(inside.entries(folder), key=lambda entry: entry.name):
        stem, ending = os.path.splitext(entry.name)
        place = Place(f"{folder}/{entry.name}")
        if entry.name.startswith("."):
            continue
        if ending not in (".yaml", ".yml") or entry.is_dir():
            fix = f"Only <cluster>.yaml files lie in {folder}/; move or remove it."
            inside.report("reference-unknown-file", f"{entry.name} is no cluster file", fix, place)
        elif stem in seen:
            message = f'two files describe the cluster "{stem}": {seen[stem]} and {entry.name}'
            inside.report("reference-cluster-twice", message, "Keep one of the two.", place)
        elif ending == ".yml":
            inside.report("reference-unknown-file", f"{entry.name} ends in .yml", f"Rename it to {stem}.yaml.", place)
            seen[stem] = entry.name
        else:
            files.own[place.file] = ("clusters", stem)
            seen[stem] = entry.name


@mutable
class _Inside:
    """Reads folders of a repository, and refuses what leads out of it."""

    root: Path
    findings: list[Finding]
    environment: str

    def report(self, policy: str, message: str, fix: str, place: Place) -> None:
        self.findings.append(_finding(policy, message, fix, place, self.environment))

    def entries(self, folder: str) -> list[os.DirEntry[str]]:
        # texts, no Path: to make one takes as long as to look into the folder, and interns each environment's name
        try:
            with os.scandir(f"{self.root}/{folder}") as entries:
                return [entry for entry in entries if not entry.is_symlink() or self._stays(entry, folder)]
        except OSError as error:
            message = f"the folder cannot be read: {error.strerror}"
            self.report("yaml-unreadable", message, "Mend its permissions.", Place(folder))
            return []

    def _stays(self, entry: os.DirEntry[str], folder: str) -> bool:
        inside = os.path.realpath(entry.path).startswith(os.path.realpath(self.root) + os.sep)
        if not inside or not os.path.exists(entry.path):
            message = f"{entry.name} is a link that leaves the repository" if not inside else "the link leads nowhere"
            place = Place(f"{folder}/{entry.name}")
            self.report("reference-outside", message, "Put the file itself here.", place)
            return False
        return True


def _layer(root: Path, file: str, prefix: Steps, findings: list[Finding], environment: str) -> Layer | None:
    """The layer of a file, or None where it cannot be read; in any case what is wrong with it joins the findings."""
    schema = "cluster" if prefix else "environment"
    read = _read(root, file, findings, environment)
    if read is None:
        return None
    document, data = read
    if document.get("kind") == "Removed" and not prefix:
        schema = "removed"
    return Layer(file, document, schema, prefix, data)


def _read(root: Path, file: str, findings: list[Finding], environment: str = "") -> tuple[dict[str, Any], bytes] | None:
    """A file's document, where it is a map that reads without complaint, and its bytes; otherwise findings and None."""
    document, data, problems = yamlio.load_file(f"{root}/{file}")
    for problem in problems:
        place = Place(file, problem.line, problem.column)
        findings.append(_finding(problem.id, problem.message, problem.fix, place, environment))
    if problems:
        return None
    if not isinstance(document, dict):
        message = f"the file holds {_kind(document)}, not a map"
        findings.append(_finding("yaml-no-map", message, "Begin with `key: value`.", Place(file), environment))
        return None
    return document, data


def _kind(document: Any) -> str:
    return "a list" if isinstance(document, list) else "nothing" if document is None else "a single value"


def _twice(overlay: Layer, layers: list[Layer]) -> list[Finding]:
    """The clusters that stand in environment.yaml and in a file of their own."""
    inline = overlay.document.get("clusters")
    found = []
    for layer in layers:
        if layer.prefix and isinstance(inline, dict) and layer.prefix[1] in inline:
            message = f'the cluster "{layer.prefix[1]}" stands in {overlay.file} too'
            place = Place(layer.file)
            found.append(_finding("reference-cluster-twice", message, "Keep one of the two.", place, path=layer.prefix))
    return found


def _stems(folder: Path) -> list[str]:
    try:
        return sorted(path.stem for path in folder.iterdir() if path.suffix == ".yaml")
    except (FileNotFoundError, NotADirectoryError):
        return []


def _bases(sources: Sources, overlay: Layer, findings: list[Finding], environment: str) -> list[Layer]:
    """The bases of an overlay, lowest first: each once, where it stands first, its own bases beneath it."""
    order: dict[str, Layer] = {}
    _add_bases(sources, overlay, (), order, findings, environment)
    return list(order.values())


def _add_bases(
    sources: Sources,
    layer: Layer,
    chain: tuple[str, ...],
    order: dict[str, Layer],
    findings: list[Finding],
    environment: str,
) -> None:
    names = layer.document.get("bases")
    for index, name in enumerate(names if isinstance(names, list) else ()):
        if not isinstance(name, str) or name in order:
            continue
        owner = "" if layer.schema == "base" else environment
        if name in chain:
            message = "bases list each other: " + " → ".join([*chain[chain.index(name) :], name])
            place = place_in(sources.root, layer.file, ("bases", index))
            fix = "Remove one of these links."
            findings.append(_finding("reference-base-cycle", message, fix, place, owner, ("bases", index)))
            continue
        base = _base(sources, name)
        if base is None and name not in sources.findings:
            known = sources.base_names()
            place = place_in(sources.root, layer.file, ("bases", index))
            message = f'there is no base "{name}"{did_you_mean(name, known)}'
            fix = f"Bases lie in environments/bases/: {', '.join(known) or 'there is none yet'}."
            if (sources.root / f"environments/bases/{name}.yml").is_file():
                fix = f"Rename environments/bases/{name}.yml to {name}.yaml."
            findings.append(_finding("reference-no-base", message, fix, place, owner, ("bases", index)))
        findings.extend(sources.findings.get(name, ()))
        if base is not None:
            _add_bases(sources, base, (*chain, name), order, findings, environment)
            order.setdefault(name, base)


def _base(sources: Sources, name: str) -> Layer | None:
    if name not in sources.bases:
        file = f"environments/bases/{name}.yaml"
        findings: list[Finding] = []
        read = None
        if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name) and (sources.root / file).exists():
            inside = os.path.realpath(sources.root / file).startswith(os.path.realpath(sources.root) + os.sep)
            if inside:
                read = _read(sources.root, file, findings)
            else:
                message, fix = f"{file} is a link that leaves the repository", "Put the file itself here."
                findings.append(_finding("reference-outside", message, fix, Place(file)))
        if findings:
            sources.findings[name] = findings
        sources.bases[name] = Layer(file, read[0], "base", (), read[1]) if read else None
    return sources.bases[name]


def place_in(root: Path, file: str, path: Steps, at_key: bool = False, document: int = 0) -> Place:
    """Where a path stands in a document of a file, or its nearest parent there."""
    found = marks(str(root / file), document)
    for length in range(len(path), -1, -1):
        mark = found.get(path[:length])
        if mark is not None:
            line, column = mark.key if at_key and length == len(path) else mark.value
            return Place(file, line, column)
    return Place(file)


@functools.lru_cache(maxsize=64)
def marks(file: str, document: int) -> dict[Steps, yamlio.Mark]:
    """Where each value of a document of a file stands; nothing of a file that cannot be read."""
    try:
        path = Path(file)
        # ready manifests are read as the server reads them
        return yamlio.marks(path.read_bytes(), document, is_expanded=path.parent.name == "manifests")
    except OSError:
        return {}
