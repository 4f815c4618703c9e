"""From a violation to a finding: the place in the overlay that caused it, also for what was seen in a manifest."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pggitops import compose, patch
from pggitops.compose import Layer
from pggitops.compose.merge import present
from pggitops.findings import Finding, ObjectRef, Place, Severity, Violation, dotted
from pggitops.model import Cluster, Environment, Layout, Manifest
from pggitops.record import mutable
from pggitops.templates import compiled

if TYPE_CHECKING:
    from pggitops.trace import Leaf

Steps = tuple[str | int, ...]

_WORDS = (re.compile("[A-Za-z0-9]+"), re.compile("[A-Z]?[a-z0-9]+"))


@mutable
class Unmodelled:
    """What is known of an environment before there is a model: enough to place what is wrong with its document."""

    root: Path
    name: str
    layers: tuple[Layer, ...]
    document: Mapping[str, Any]


@mutable
class Context(Unmodelled):
    """What is known of an environment that can be rendered; its manifests join once they are."""

    environment: Environment
    passthrough: tuple[str, ...] = ()
    keys: patch.ListKeys = field(default_factory=dict)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    layout: Layout | None = None
    traces: dict[tuple[str, str], dict[Steps, Leaf]] = field(default_factory=dict)


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
        place = violation.place or _place(context, violation.path, violation.at_key)
        path, reference = violation.path, None
    else:
        path, place = _cause(context, manifest, violation)
        reference = _reference(manifest, violation.path)
    cluster = str(path[1]) if len(path) > 1 and path[0] == "clusters" else manifest.cluster if manifest else ""
    # what stands in a base or a template is one finding, whoever uses it
    is_own = violation.place is None or place.file.startswith(f"environments/{context.name}/")
    return Finding(
        policy,
        severity,
        violation.message,
        violation.fix,
        place,
        dotted(path),
        context.name if is_own else "",
        cluster if is_own else "",
        reference if is_own else None,
        is_secret=violation.is_secret,
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
    if violation.place:
        return (), violation.place
    if manifest.source:
        at = violation.at_key
        place = compose.place_in(context.root, manifest.source, violation.path, at, manifest.document_index)
        return (), place
    path = overlay_path(context, manifest, violation.path)
    return path, _place(context, path)


def overlay_path(context: Context, manifest: Manifest, path: Steps) -> Steps:
    """The overlay word that a path of a rendered manifest comes from: of the leaf there, below it, or nearest to it."""
    from pggitops.trace import trace  # only a finding in a manifest needs Jinja2

    file = manifest.output, manifest.path
    if file not in context.traces:
        context.traces[file] = trace(context.environment, manifest, context.keys, layout=context.layout)
    leaves: dict[Steps, Leaf] = context.traces[file]
    leaf = leaves.get(path)
    if leaf is not None and leaf.source is not None:
        return leaf.source
    removed = _removed(context, manifest, path)
    if leaf is None and removed:
        return removed
    # what all documents have in common says nothing of a constant
    shortest = 1 if leaf is not None and not leaf.reads else -1
    item = _item(leaves, path) or manifest.item
    for length in range(len(path), shortest, -1):
        reads = {read for at, near in leaves.items() if at[:length] == path[:length] for read in near.reads}
        if reads:
            own = {read for read in reads if read[: len(item)] == item} or reads
            # what the leaf beside it says is not what this one says
            beside = {near.source for at, near in leaves.items() if at[:-1] == path[:-1] and length == len(path)}
            return _best(context, manifest, own, path, beside)
    return manifest.item or (("clusters", manifest.cluster) if manifest.cluster else ())


def _removed(context: Context, manifest: Manifest, path: Steps) -> Steps:
    """The null of a cluster's patch by which something at this path, or directly below it, is not there; else ()."""
    cluster = context.environment.clusters.get(manifest.cluster)
    if cluster is None or manifest.document["kind"] != "PerconaPGCluster":
        return ()
    for layer in reversed(cluster.patch):
        for at, value in patch.leaves(layer):
            parent = patch.in_manifest(at[:-1], manifest.document, context.keys) if value is None else None
            if parent is not None and (path == parent or path[: len(at)] == (*parent, at[-1])):
                return ("clusters", cluster.name, "patch", *at)
    return ()


def _item(leaves: Mapping[Steps, Leaf], path: Steps) -> Steps:
    """The overlay's path of the list item that a path is in, known by the word its name comes from."""
    for length in range(len(path), 0, -1):
        name = leaves.get((*path[:length], "name")) if isinstance(path[length - 1], int) else None
        if name is not None and name.source is not None:
            return name.source[:-1] if name.source[-1] == "name" else name.source
    return ()


def _best(
    context: Context, manifest: Manifest, reads: Collection[Steps], path: Steps, beside: Collection[Steps | None]
) -> Steps:
    """The word most likely to blame, or what holds all of them that are equally likely."""
    ranks = {read: _likeness(context, manifest, read, path, read in beside) for read in reads}
    best = max(ranks.values())
    likely = [read for read, rank in ranks.items() if rank == best]
    shared = itertools.takewhile(lambda steps: len(set(steps)) == 1, zip(*likely, strict=False))
    return tuple(steps[0] for steps in shared)


def _likeness(
    context: Context, manifest: Manifest, read: Steps, path: Steps, is_beside: bool
) -> tuple[bool, bool, int, bool, int, int]:
    """How likely a word that was read is the one to blame: somebody wrote it, of this cluster, alike, and no detail."""
    own = bool(manifest.cluster) and read[:2] == ("clusters", manifest.cluster)
    wanted, words = _words(path), _words(read)
    alike = len(wanted & words)
    return present(context.document, read), own, alike, not is_beside, -len(read), -len(words - wanted)


def _words(path: Steps) -> set[str]:
    """The words of a path, also those in one: `verifyTls` and `verify-tls` are alike."""
    steps = [str(step) for step in path if isinstance(step, str)]
    return {word.lower() for step in steps for form in _WORDS for word in form.findall(step)}


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
