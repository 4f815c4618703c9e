"""Both sides of an environment: the objects of its files, read only where their object ids differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from pggitops import kustomizations, placing, yamlio
from pggitops.compose import Layer
from pggitops.findings import Finding, Place, Severity
from pggitops.model import Manifest
from pggitops.pipeline import Outputs
from pggitops.plan import git, manifests, overlays, trees
from pggitops.plan.model import ObjectKey, SideObject
from pggitops.plan.overlays import Overlays
from pggitops.plan.trees import Tree
from pggitops.record import mutable, record
from pggitops.write import SUMS
from pggitops.write.sums import parse

Objects = dict[ObjectKey, SideObject]


@mutable
class Pair:
    """All objects of both sides of one environment, or of what is the fleet's alone (no name), that has differences.

    Objects in files that are alike on both sides are the same in both.
    """

    environment: str
    old: Objects = field(default_factory=dict)
    new: Objects = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)


@record
class Base:
    """The old side: its tree, the ids of its manifests by environment and path below `rendered/`, its overlays.

    `steady` says that no base says another target than the head's does; `broken` are environments it could not be
    built of, each with the reason.
    """

    tree: Tree
    groups: Mapping[str, Mapping[str, str]]
    overlays: Overlays
    steady: bool = False
    broken: Mapping[str, str] = field(default_factory=dict)


def of_context(base: Base, context: placing.Context, outputs: Outputs) -> Pair | None:
    """Both sides of an environment as the pipeline has just rendered it; None if nothing differs."""
    now = {
        f"{output}/{path}": content
        for output, files in outputs.items()
        for path, content in files.items()
        if not kustomizations.is_one(path)
    }
    was = base.groups.get(context.name, {})
    same = {path for path, content in now.items() if was.get(path) == git.blob_id(content, base.tree.algorithm)}
    left = _not_foreign(base, was.keys() - now.keys(), context.root)
    if len(same) == len(now) and not left:
        return None
    pair, by_file = Pair(context.name), dict[str, list[SideObject]]()
    for found in objects_of(context):
        by_file.setdefault(found.file, []).append(found)
        add(pair, pair.new, found)
    _old(pair, base, {path: path in same for path in was if path in now or path in left}, by_file, context)
    return pair


def of_files(base: Base, name: str, files: Mapping[str, bytes]) -> Pair | None:
    """Both sides of the fleet's own outputs, which hold these files below `rendered/`; None if nothing differs."""
    now = {path: content for path, content in files.items() if not kustomizations.is_one(path)}
    was = base.groups.get(name, {})
    same = {path for path, content in now.items() if was.get(path) == git.blob_id(content, base.tree.algorithm)}
    # what lies beside all outputs is nobody's
    left = {path for path in was.keys() - now.keys() if "/" in path}
    if len(same) == len(now) and not left:
        return None
    pair = Pair(name)
    by_file = {path: _read(pair, content, path, trees.target_of(path)) for path, content in now.items()}
    _all(pair, pair.new, (found for each in by_file.values() for found in each))
    by_file = {f"{trees.RENDERED}{path}": found for path, found in by_file.items()}
    _old(pair, base, {path: path in same for path in was if path in now or path in left}, by_file, None)
    return pair


def of_trees(base: Base, head: Tree, name: str, was: Mapping[str, str], now: Mapping[str, str], target: str) -> Pair:
    """Both sides of an environment in two trees; `target` is the head's."""
    pair = Pair(name)
    by_file: dict[str, list[SideObject]] = {}
    for path in now:
        file = trees.RENDERED + path
        by_file[file] = _read(pair, head.read(file), path, trees.target_of(path) or target, trees.given(head, path))
        _all(pair, pair.new, by_file[file])
    _old(pair, base, {path: was[path] == now.get(path) for path in was}, by_file, None, target)
    return pair


def _old(
    pair: Pair,
    base: Base,
    was: Mapping[str, bool],
    by_file: Mapping[str, list[SideObject]],
    context: placing.Context | None,
    otherwise: str = "",
) -> None:
    """The old side's objects; those in a file that is alike are the new side's."""
    target = (old_target(base, pair.environment, context) or otherwise) if pair.environment else ""
    for path, is_same in was.items():
        file = trees.RENDERED + path
        own = trees.target_of(path) or target
        if not is_same:
            _all(pair, pair.old, _read(pair, base.tree.read(file), path, own, trees.given(base.tree, path)))
            continue
        for found in by_file.get(file, ()):
            is_here = found.key.target == own
            add(pair, pair.old, found if is_here else replace(found, key=found.key._replace(target=own)))
    leave_unread(pair)


def leave_unread(pair: Pair) -> None:
    """Leave out what stands in a file that cannot be read on one side: it is not new or gone on the other."""
    if pair.unread:
        pair.old = {key: found for key, found in pair.old.items() if found.file not in pair.unread}
        pair.new = {key: found for key, found in pair.new.items() if found.file not in pair.unread}


def old_target(base: Base, name: str, context: placing.Context | None) -> str:
    """The target of an environment on the base; the head's where neither has written anything else."""
    if context is not None and base.steady:
        own = [layer for layer in context.layers if layer.schema == "environment"]
        if all(_says_as(base.tree, layer) for layer in own):
            return context.environment.target.name
    found = overlays.target(base.overlays, name)
    # an environment whose overlay cannot be read any more has not moved for all we know
    return found or (context.environment.target.name if context else "")


def _says_as(tree: Tree, layer: Layer) -> bool:
    """Whether a file names the same bases and target in a tree."""
    if layer.file not in tree.ids:
        return False
    same = git.blob_id(layer.data, tree.algorithm) == tree.ids[layer.file]
    return same or _said(tree.read(layer.file)) == _said(layer.data)


def _said(data: bytes) -> Any:
    """What a layer says of bases and target; all of it where it cannot be read."""
    document, problems = yamlio.load(data)
    if problems or not isinstance(document, dict):
        return data
    target = document.get("target")
    return document.get("bases"), target.get("name") if isinstance(target, dict) else target


def is_steady(tree: Tree, root: Path) -> bool:
    """Whether the bases of the working tree name the same targets and bases as those of the tree."""
    prefix = "environments/bases/"
    folder = root / prefix
    now = {f"{prefix}{path.name}": path for path in folder.glob("*.yaml")} if folder.is_dir() else {}
    was = {path for path in tree.ids if path.startswith(prefix) and path.endswith(".yaml")}
    if was != now.keys():
        return False
    for file, path in now.items():
        data = path.read_bytes()
        if git.blob_id(data, tree.algorithm) != tree.ids[file] and _said(data) != _said(tree.read(file)):
            return False
    return True


def objects_of(context: placing.Context) -> Iterator[SideObject]:
    """The objects of an environment as it is rendered."""
    return (_of_manifest(context, manifest) for manifest in context.manifests.values())


def _of_manifest(context: placing.Context, manifest: Manifest) -> SideObject:
    path = f"{manifest.output or context.name}/{manifest.path}"
    target = trees.target_of(path) or context.environment.target.name
    key = manifests.key_of(manifest.document, target)
    return SideObject(key, manifest.document, trees.RENDERED + path, context.name, manifest.cluster)


def _read(pair: Pair, data: bytes, path: str, target: str, given: str = "") -> list[SideObject]:
    """The objects of a file; `path` is below `rendered/`, `given` where it lies on the disk if that is elsewhere."""
    file = trees.RENDERED + path
    documents, findings = manifests.objects(data, given or file)
    environment, cluster = trees.place_of(path)
    pair.findings += findings
    if any(finding.policy == "plan-unreadable" for finding in findings):
        pair.unread.add(file)
    return [
        SideObject(
            manifests.key_of(document, target),
            document,
            file,
            environment,
            cluster or _delivered(document, environment),
            given,
        )
        for document in documents
    ]


def _delivered(document: Mapping[str, Any], environment: str) -> str:
    """The cluster that an Application or a Kustomization delivers: the folder it reads."""
    spec = document.get("spec")
    if not environment or not isinstance(spec, Mapping) or document.get("kind") not in ("Application", "Kustomization"):
        return ""
    source = spec.get("source")
    path = str(spec.get("path") or (source.get("path") if isinstance(source, Mapping) else "") or "")
    below = f"{path}/".partition(f"{trees.RENDERED}{environment}/")[2].split("/")[0]
    return below if below != "operator" else ""


def _all(pair: Pair, side: Objects, found: Iterable[SideObject]) -> None:
    for each in found:
        add(pair, side, each)


def add(pair: Pair, side: Objects, found: SideObject) -> None:
    """Put an object on a side; a second one of the same identity is a finding."""
    other = side.get(found.key)
    if other is not None:
        key = found.key
        name = "/".join(filter(None, (key.namespace, key.name)))
        message = f"{key.kind} {name} stands here and in {other.shown}; this one is compared"
        fix = "Keep one of the two: which one is applied last is chance."
        pair.findings.append(Finding("plan-duplicate", Severity.ERROR, message, fix, Place(found.shown)))
    side[found.key] = found


def _not_foreign(base: Base, paths: Iterable[str], root: Path) -> set[str]:
    """What of the base's files is gone: one that was never ours, and still lies there, is not."""
    listed: dict[str, Mapping[str, str]] = {}
    gone = set()
    for path in paths:
        output = path.partition("/")[0]
        if trees.target_of(path):
            output = path.rpartition("/")[0]
        if output not in listed:
            file = f"{trees.RENDERED}{output}/{SUMS}"
            listed[output] = parse(base.tree.read(file)) if file in base.tree.ids else {}
        if path.removeprefix(f"{output}/") in listed[output] or not (root / trees.RENDERED / path).exists():
            gone.add(path)
    return gone
