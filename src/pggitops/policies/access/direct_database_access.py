"""Something reaches PostgreSQL without going through pgBouncer, or a superuser goes through it.

## Why

The operator always makes Services that lead to the instances; only the NetworkPolicies keep clients away from
them. A client that goes around the pooler uses connections nobody counted, survives no switchover, and is not in
the list of those who may reach the data. A superuser behind the pooler turns one leaked password into the whole
cluster.

## How to fix

Name who may connect under `pgbouncer.clients`. Leave `expose` and `exposeReplicas` at ClusterIP,
`exposeSuperusers` off, and do not add Services or NetworkPolicies of your own that select the instances.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pggitops.findings import Path, Severity, Violation
from pggitops.model import Cluster, Manifest
from pggitops.parts.names import PREFIX, pods
from pggitops.policies import Facts

severity = Severity.ERROR

POOLER = "Let clients connect through pgBouncer (`pgbouncer.clients`, `pgbouncer.expose`)."


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    spec = resource.document["spec"]
    for word in ("expose", "exposeReplicas"):
        kind = (spec.get(word) or {}).get("type", "ClusterIP")
        if kind != "ClusterIP":
            what = "primary" if word == "expose" else "replicas"
            message = f"a {kind} Service exposes the {what}"
            yield Violation(message, POOLER, ("spec", word, "type"), manifest=name)
    yield from _pooler(cluster, name, resource)
    for name, manifest in facts.of_kind("Service"):
        if _selects_instances((manifest.document.get("spec") or {}).get("selector"), cluster):
            message = f"the Service {manifest.document['metadata']['name']} leads to the instances"
            yield Violation(message, POOLER, ("spec", "selector"), manifest=name)
    for name, manifest in facts.of_kind("NetworkPolicy"):
        if manifest.source:
            yield from _foreign_policy(name, manifest, cluster)


def _pooler(cluster: Cluster, name: str, resource: Manifest) -> Iterator[Violation]:
    pgbouncer = (resource.document["spec"].get("proxy") or {}).get("pgBouncer")
    at: Path = ("spec", "proxy", "pgBouncer")
    if not pgbouncer or pgbouncer.get("replicas") == 0:
        here: Path = ("clusters", cluster.name, "pgbouncer", "replicas")
        message = "there is no pgBouncer, so the only way in is around it"
        if pgbouncer:
            yield Violation(message, "Set `pgbouncer.replicas` to 2 or more.", here)
        else:
            yield Violation(message, "Do not remove `proxy.pgBouncer` by a patch.", at, manifest=name)
    elif pgbouncer.get("exposeSuperusers"):
        fix = "Remove `exposeSuperusers`; superusers work from inside a pod."
        path = (*at, "exposeSuperusers")
        yield Violation("superusers may log in through pgBouncer", fix, path, manifest=name)


def _selects_instances(selector: Mapping[str, str] | None, cluster: Cluster) -> bool:
    """Whether a Service's selector matches the instances' pods (labels: the operator's internal/naming)."""
    if not selector:
        return False
    instance = pods(cluster.name, data="postgres", patroni=f"{cluster.name}-ha")
    roles = (f"{PREFIX}/role", f"{PREFIX}/instance-set", f"{PREFIX}/instance", "app.kubernetes.io/component")
    known = {**instance, "app.kubernetes.io/instance": cluster.name}
    for key, value in selector.items():
        if key in roles and value not in ("pgbouncer", "pgbackrest"):
            continue
        if known.get(key) != value:
            return False
    return any(key.startswith(PREFIX) or key == "app.kubernetes.io/instance" for key in selector)


def _foreign_policy(name: str, manifest: Manifest, cluster: Cluster) -> Iterator[Violation]:
    """A NetworkPolicy that no template of ours made, and that lets more in to the instances: policies add up."""
    spec = manifest.document.get("spec") or {}
    if "Ingress" not in spec.get("policyTypes", ["Ingress"]) or not _may_select(spec.get("podSelector") or {}, cluster):
        return
    for index, rule in enumerate(spec.get("ingress") or ()):
        if not _opens(rule, 5432):
            continue
        peers: list[Mapping[str, Any]] = rule.get("from") or [{}]
        if all(_is_own(peer, cluster) for peer in peers):
            continue
        message = f"the NetworkPolicy {manifest.document['metadata']['name']} opens the instances of {cluster.name}"
        fix = "Exclude the instances from its podSelector; " + POOLER[0].lower() + POOLER[1:]
        yield Violation(message, fix, ("spec", "ingress", index), manifest=name)


def _may_select(selector: Mapping[str, Any], cluster: Cluster) -> bool:
    """Whether a pod selector could match an instance; an unknown label counts as matching, if the key is not ours."""
    labels = pods(cluster.name, data="postgres")
    for key, value in (selector.get("matchLabels") or {}).items():
        if key in labels and labels[key] != value:
            return False
        if key == f"{PREFIX}/role" and value not in ("primary", "replica", "master"):
            return False
        if not key.startswith((PREFIX, "app.kubernetes.io/", "pgv2.percona.com/")):
            return False
    for expression in selector.get("matchExpressions") or ():
        key, operator, values = expression.get("key"), expression.get("operator"), expression.get("values") or ()
        value = labels.get(key)
        if operator == "In" and value is not None and value not in values:
            return False
        if operator == "NotIn" and value in values:
            return False
        if operator == "DoesNotExist" and value is not None:
            return False
    return True


def _opens(rule: Mapping[str, Any], port: int) -> bool:
    ports = rule.get("ports")
    if not ports:
        return True
    return any(_covers(entry, port) for entry in ports)


def _covers(entry: Mapping[str, Any], port: int) -> bool:
    first = entry.get("port")
    if entry.get("protocol", "TCP") != "TCP":
        return False
    if first is None or first == "postgres":
        return True
    return isinstance(first, int) and first <= port <= entry.get("endPort", first)


def _is_own(peer: Mapping[str, Any], cluster: Cluster) -> bool:
    """Whether a peer is a pod of the same cluster."""
    labels = (peer.get("podSelector") or {}).get("matchLabels") or {}
    return "namespaceSelector" not in peer and labels.get(f"{PREFIX}/cluster") == cluster.name
