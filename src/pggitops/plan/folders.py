"""Two folders of manifests beside each other, rendered by us or by anybody."""

from __future__ import annotations

import contextlib
import datetime
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pggitops.errors import CannotGoOn
from pggitops.pipeline import Settings
from pggitops.plan import changes, judging, manifests, overlays, run, sides, trees
from pggitops.plan.judging import Case
from pggitops.plan.listing import Listing
from pggitops.plan.model import Change, ClusterPlan, Plan, SideObject
from pggitops.plan.opening import Select
from pggitops.plan.overlays import Overlays
from pggitops.plan.sides import Base, Objects, Pair
from pggitops.plan.trees import Tree
from pggitops.write import outputs

_LABELS = ("postgres-operator.crunchydata.com/cluster", "pgv2.percona.com/cluster", "app.kubernetes.io/instance")


def planned(old: Path, new: Path, select: Select, today: datetime.date) -> Plan:
    """The plan from one folder to the other. CannotGoOn where one is none, or holds no manifests."""
    was, now = (_tree(folder) for folder in (old, new))
    with contextlib.ExitStack() as closing:
        nowhere = _no_overlays(closing, today)
        if all(is_ours(folder) for folder in (old, new)):
            base = Base(was, trees.rendered(was), nowhere)
            names = select(sorted({*base.groups, *trees.rendered(now)} - {""}))
            return run.of_trees(base, now, nowhere, names)
        return _foreign(was, now, nowhere, select, today)


def is_ours(folder: Path) -> bool:
    """Whether a folder is a `rendered/`."""
    return any(outputs(folder))


def _tree(folder: Path) -> Tree:
    tree = replace(trees.of_folder(folder, str(folder), trees.RENDERED), given=str(folder))
    if not tree.ids:
        fix = "Name a folder with .yaml, .yml or .json files; for Helm or kustomize, render to one first."
        raise CannotGoOn(f"{folder} holds no manifests", fix)
    return tree


def _no_overlays(closing: contextlib.ExitStack, today: datetime.date) -> Overlays:
    folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="pggitops-plan-")))
    nothing = Tree("", Listing(), lambda path: b"")
    return replace(overlays.of_tree(nothing, Settings(folder, today), folder), is_nowhere=True)


def _foreign(was: Tree, now: Tree, nowhere: Overlays, select: Select, today: datetime.date) -> Plan:
    """Environments are namespaces here, and clusters known by labels and names."""
    pair = Pair("")
    pair.old, pair.new = _objects(was, pair), _objects(now, pair)
    for side, tree in ((pair.old, was), (pair.new, now)):
        if not side:
            raise CannotGoOn(f"{tree.words} holds no Kubernetes objects that can be read", "Look at its files.")
    sides.leave_unread(pair)
    old, new = pair.old, pair.new
    chosen = set(select(sorted({found.environment for found in (*old.values(), *new.values())} - {""})))
    every = chosen >= {found.environment for found in (*old.values(), *new.values())} - {""}
    plans: list[ClusterPlan] = []
    by_environment: dict[str, list[Change]] = {}
    for change in changes.between(old, new):
        by_environment.setdefault(change.environment, []).append(change)
    for name, own in sorted(by_environment.items()):
        if name in chosen or (every and not name):
            plans += judging.judge(Case(name, old, new, None, nowhere, today, new), own).plans
    plans.sort(key=lambda plan: (-plan.risk, plan.environment, plan.cluster))
    count = len(chosen - by_environment.keys())
    note = "the folders are not rendered by pggitops: namespaces stand for environments, and nothing is declared"
    return Plan(was.words, now.words, tuple(plans), tuple(pair.findings), (note,), count)


def _objects(tree: Tree, pair: Pair) -> Objects:
    found: Objects = {}
    for file in tree.ids:
        given = trees.given(tree, file.removeprefix(trees.RENDERED))
        if not trees.is_manifest(given):
            continue
        documents, findings = manifests.objects(tree.read(file), given)
        pair.findings += findings
        if any(finding.policy == "plan-unreadable" for finding in findings):
            pair.unread.add(file)
        for document in documents:
            key = manifests.key_of(document, "")
            sides.add(pair, found, SideObject(key, document, file, key.namespace, given=given))
    clusters = {(key.namespace, key.name) for key in found if key.kind == "PerconaPGCluster"}
    return {key: replace(one, cluster=cluster_of(one, clusters)) for key, one in found.items()}


def cluster_of(one: SideObject, clusters: set[tuple[str, str]]) -> str:
    """The cluster an object belongs to: by a label, else the longest name that its own begins with."""
    key = one.key
    if key.kind == "PerconaPGCluster":
        return key.name
    labels = one.document["metadata"].get("labels")
    for label in _LABELS if isinstance(labels, Mapping) else ():
        if (key.namespace, labels.get(label)) in clusters:
            return str(labels[label])
    fitting = [name for space, name in clusters if space == key.namespace and f"{key.name}-".startswith(f"{name}-")]
    return max(fitting, key=len, default="")
