"""What a namespace's objects tell of an environment, and what nobody can know."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pggitops import modelling, operators, schema, units
from pggitops.compose.merge import present
from pggitops.findings import dotted
from pggitops.model import Cluster, Environment, Manifest
from pggitops.object_meta import NEVER_IN_A_FILE
from pggitops.unknown import unknown
from pggitops.unrendered.files import Source
from pggitops.unrendered.groups import Group, Steps
from pggitops.unrendered.resource import Words, words_of

NO_NAMESPACE = "no-namespace"
"""What stands for the namespace of objects that name none."""


def as_in_a_file(document: dict[str, Any]) -> dict[str, Any]:
    """The object without what a server adds that gives it; `status` is the server's where there is a uid."""
    metadata = document["metadata"]
    if not any(name in metadata for name in NEVER_IN_A_FILE):
        return document
    kept = {key: value for key, value in document.items() if key != "status" or "uid" not in metadata}
    kept["metadata"] = {key: value for key, value in metadata.items() if key not in NEVER_IN_A_FILE}
    return kept


def manifest_of(group: Group, name: str, source: Source, root: Path | None) -> Manifest:
    """The object as policies see it: a cluster with its defaults filled in, as an API server would keep it."""
    document = source.document
    cluster = document["metadata"]["name"]
    if group.sound.get(cluster) != name:
        own = _is_of_operator(document)
        return Manifest(source.file, document, "", "", "" if own else source.file, source.number)
    document = schema.defaulted(copy.deepcopy(document), group.version, root)
    if document["spec"].get("crVersion") not in (None, *operators.versions()):
        document["spec"]["crVersion"] = group.version
    for index, instance_set in enumerate(document["spec"]["instances"]):
        # as the operator does (internal/apis/postgres-operator.crunchydata.com/v1beta1, SetDefaults of an instance set)
        instance_set["name"] = instance_set.get("name") or f"{index:02}"
    return Manifest(source.file, document, "", cluster, "", source.number)


def _is_of_operator(document: Mapping[str, Any]) -> bool:
    """Whether a Role, or what binds it, is what the operator needs itself."""
    rules = document.get("rules")
    if document["kind"] in ("Role", "ClusterRole"):
        scopes = [scope for version in operators.versions() for scope in operators.facts(version)["rules"].values()]
        return isinstance(rules, list) and all(any(rule in scope for scope in scopes) for rule in rules)
    return False


def environment_of(group: Group) -> Environment:
    """What is known of the namespace and its clusters; the rest is unknown."""
    clusters: dict[str, Words] = {}
    for cluster, name in list(group.sound.items()):
        resource = manifest_of(group, name, group.objects[name], None).document
        words, group.origins[name] = words_of(resource)
        clusters[cluster] = {"owner": "nobody-knows", **words}
    document = {"namespace": {"name": group.namespace}, "target": {"name": ""}, "clusters": clusters}
    document["operator"] = {"version": group.version}
    _settle(document, group)
    environment = modelling.build(group.namespace or NO_NAMESPACE, document)
    facts = {name: unknown(_NAMED["target"]) for name in _TARGET}
    target = replace(environment.target, **facts)
    operator = replace(environment.operator, install=False, scope="cluster", watch=unknown(_NAMED["operator"]))
    found = {name: _known(cluster, group, name) for name, cluster in environment.clusters.items()}
    elsewhere = {name: unknown(_NAMED[name]) for name in ("delivery", "secrets")}
    return replace(environment, target=target, operator=operator, clusters=found, **elsewhere)


def _settle(document: dict[str, Any], group: Group) -> None:
    """Take out what no overlay can say; a cluster that then lacks a word it must have is `unsaid`, with the word."""
    clusters = document["clusters"]
    for _ in range(4):
        found = [each.path for each in schema.check(document, "composed") if each.path[:1] == ("clusters",)]
        for path in found:
            if len(path) > 2 and path[1] in clusters and not _is_settled(document, path):
                del clusters[path[1]]
                group.unsaid[group.sound.pop(str(path[1]))] = dotted(path[2:])


def _is_settled(document: dict[str, Any], path: Steps) -> bool:
    """Whether a word that an overlay could not say is gone now, or may stay: a quantity with another suffix."""
    if not present(document, path):
        return False
    below: Any = document
    for step in path[:-1]:
        below = below[step]
    if path[-1] in ("storage", "memory", "cpu") and _is_quantity(below[path[-1]]):
        below[path[-1]] = str(below[path[-1]])
    else:
        del below[path[-1]]
    return True


def _is_quantity(value: Any) -> bool:
    try:
        return units.quantity(value) >= 0
    except ValueError:
        return False


_TARGET = (
    *("name", "platform", "kubernetes", "api_server", "dns", "nodes", "storage_classes", "node_pools", "controllers"),
    "object_store",
)
_NAMED = {
    "target": "they need facts about the target",
    "operator": "they need to know what the operator watches",
    "delivery": "they need to know what delivers it",
    "secrets": "they need to know where Secrets come from",
}


def _known(cluster: Cluster, group: Group, name: str) -> Cluster:
    """The cluster, its resource a patch to it: anything may stand there."""
    pooler = replace(cluster.pgbouncer, clients=unknown("they need to know the clients"))
    resource = group.objects[group.sound[name]].document
    source = cluster.bootstrap and replace(cluster.bootstrap, until=unknown("they need to know until when it may stay"))
    monitoring = replace(cluster.monitoring, prometheus=unknown("they need to know who watches"))
    return replace(
        cluster, pgbouncer=pooler, bootstrap=source, monitoring=monitoring, patch=({"spec": resource["spec"]},)
    )
