"""From a violation to a finding: the place in the overlay that caused it, also for what was seen in a manifest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pggitops import compose, patch
from pggitops.compose import Layer
from pggitops.compose.merge import present
from pggitops.findings import Finding, ObjectRef, Place, Severity, Violation, dotted
from pggitops.model import Cluster, Environment, Manifest
from pggitops.templates import compiled

if TYPE_CHECKING:
    from pggitops.trace import Leaf

Steps = tuple[str | int, ...]


@dataclass(slots=True, eq=False)
class Unmodelled:
    """What is known of an environment before there is a model: enough to place what is wrong with its document."""

    root: Path
    name: str
    layers: tuple[Layer, ...]
    document: Mapping[str, Any]


@dataclass(slots=True, eq=False)
class Context(Unmodelled):
    """What is known of an environment that can be rendered; its manifests join once they are."""

    environment: Environment
    passthrough: tuple[str, ...] = ()
    keys: patch.ListKeys = field(default_factory=dict)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    traces: dict[str, dict[Steps, Leaf]] = field(default_factory=dict)


def finding(
    context: Unmodelled, violation: Violation, policy: str = "", severity: Severity = Severity.ERROR
) -> Finding:
    """The violation with its place, environment, cluster and object."""
    policy = violation.policy or policy
    severity = severity if violation.severity is None else violation.severity
    manifest = None
    if isinstance(context, Context) and violation.manifest:
        manifest = context.manifests[violation.manifest]
    if not isinstance(context, Context) or manifest is None:
        path, place, reference = violation.path, _place(context, violation.path, violation.at_key), None
    else:
        path, place = _cause(context, manifest, violation)
        reference = _reference(manifest, violation.path)
    cluster = str(path[1]) if len(path) > 1 and path[0] == "clusters" else manifest.cluster if manifest else ""
    return Finding(
        policy, severity, violation.message, violation.fix, place, dotted(path), context.name, cluster, reference
    )


def _place(context: Unmodelled, path: Steps, at_key: bool = False) -> Place:
    return compose.locate(context.root, context.layers, path, at_key)


def _reference(manifest: Manifest, path: Steps) -> ObjectRef:
    document = manifest.document
    metadata = document.get("metadata") or {}
    words = (document.get("apiVersion"), document.get("kind"), metadata.get("namespace"), metadata.get("name"))
    version, kind, namespace, name = (str(word) if word is not None else "" for word in words)
    return ObjectRef(version, kind, namespace, name, dotted(path))


def _cause(context: Context, manifest: Manifest, violation: Violation) -> tuple[Steps, Place]:
    """The overlay's path and place behind a manifest's; the file itself for what somebody wrote as a manifest."""
    if manifest.source:
        at = violation.at_key
        place = compose.place_in(context.root, manifest.source, violation.path, at, manifest.document_index)
        return (), place
    path = overlay_path(context, manifest, violation.path)
    return path, _place(context, path)


def overlay_path(context: Context, manifest: Manifest, path: Steps) -> Steps:
    """The overlay word that a path of a rendered manifest comes from: of the leaf there, below it, or nearest to it."""
    from pggitops.trace import trace  # only a finding in a manifest needs Jinja2

    if manifest.path not in context.traces:
        context.traces[manifest.path] = trace(context.environment, manifest, context.keys)
    leaves: dict[Steps, Leaf] = context.traces[manifest.path]
    for length in range(len(path), -1, -1):
        near = [(at, leaf) for at, leaf in leaves.items() if at[:length] == path[:length]]
        exact = [leaf.source for at, leaf in near if leaf.source is not None and at == path]
        if exact:
            return exact[0]
        reads = {read for _, leaf in near for read in leaf.reads}
        if reads:
            return max(reads, key=lambda read: _likeness(context, manifest, read, path))
    return ("clusters", manifest.cluster) if manifest.cluster else ()


def _likeness(context: Context, manifest: Manifest, read: Steps, path: Steps) -> tuple[bool, bool, int, int, str]:
    """How likely a word that was read is the one to blame: somebody wrote it, of this cluster, alike, and no detail."""
    wanted = set(re.findall(r"[a-z0-9]+", dotted(path).lower()))
    words = set(re.findall(r"[a-z0-9]+", dotted(read).lower()))
    own = bool(manifest.cluster) and read[:2] == ("clusters", manifest.cluster)
    return present(context.document, read), own, len(wanted & words), -len(read), dotted(read)


def shadowed(context: Context, cluster: Cluster) -> Iterator[tuple[Steps, Steps]]:
    """What a cluster's patches set although a word is for it: the path in the patch, and the word's path."""
    from pggitops.trace import trace

    bare = replace(cluster, patch=())
    clusters = {**context.environment.clusters, cluster.name: bare}
    whole = replace(context.environment, clusters=clusters)
    for manifest in context.manifests.values():
        if manifest.cluster != cluster.name or manifest.document["kind"] != "PerconaPGCluster":
            continue
        document = compiled.perconapgcluster(whole, bare)
        leaves = trace(whole, manifest, context.keys)
        for layer in cluster.patch:
            for path, _ in patch.leaves(layer):
                at = patch.in_manifest(path, document, context.keys)
                source = leaves[at].source if at in leaves else None
                if source:
                    yield path, source
