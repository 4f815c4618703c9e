"""The pods that exist for a cluster, with the labels and ports the operator gives them, and those declared around it.

The facts are `data/pods.json`, which names its sources. What a patch changes of labels and ports is read from the
rendered PerconaPGCluster. Of pods elsewhere (clients, DNS, Prometheus) only what the overlay says is known.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pggitops import operators
from pggitops.model import Cluster, Environment, Manifest
from pggitops.network.engine import Pod, Port
from pggitops.parts.names import PREFIX
from pggitops.record import record

ANYWHERE = ("0.0.0.0/0", "::/0")
"""The addresses of a pod of which nothing is known."""

INSTANCES, PGBOUNCER, REPO_HOST = "instances", "pgBouncer", "repository host"
BACKUP_JOBS, RESTORE_JOBS, OPERATOR = "backup jobs", "restore jobs", "operator"

_TEMPLATED = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job")


@record
class ClusterPods:
    """The pods of one cluster; `resource` is what a violation calls its PerconaPGCluster.

    `instances` has one for each instance set and role, or one for all where nothing tells them apart; there are `count`
    of them in all. What the cluster does not have is None.
    """

    cluster: Cluster
    resource: str
    spec: Mapping[str, Any]
    instances: tuple[Pod, ...]
    count: int
    pgbouncer: Pod | None
    repo_host: Pod | None
    backup_jobs: Pod | None
    restore_jobs: Pod | None
    postgres_port: Port
    patroni_port: Port
    pgbackrest_port: Port
    pgbouncer_port: Port

    @property
    def all(self) -> tuple[Pod, ...]:
        """All of them."""
        others = (self.pgbouncer, self.repo_host, self.backup_jobs, self.restore_jobs)
        return (*self.instances, *[pod for pod in others if pod is not None])


@functools.cache
def _facts() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((Path(__file__).parent.parent / "data" / "pods.json").read_bytes())
    return document


@functools.cache
def _labels(kind: str) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """The labels of a kind of pods: those that are always the same, and those with holes."""
    facts = _facts()
    own = facts["pods"][kind]
    labels = dict(facts["common"]) | {facts["prefix"] + key: value for key, value in own["labels"].items()}
    labels[facts["prefix"] + "cluster"] = "{cluster}"
    if "component" in own:
        labels["app.kubernetes.io/component"] = own["component"]
    open_ones = tuple((key, value) for key, value in labels.items() if "{" in value)
    return {key: value for key, value in labels.items() if "{" not in value}, open_ones


def labels_of(kind: str, holes: Mapping[str, str], *more: Any) -> dict[str, str]:
    """The labels of pods: what the resource adds, and over it the operator's own (internal/naming merges it last)."""
    labels: dict[str, str] = {}
    for each in more:
        if each:
            labels |= each
    fixed, open_ones = _labels(kind)
    labels |= fixed
    for key, value in open_ones:
        labels[key] = value.format_map(holes)
    return labels


def cluster_pods(
    environment: Environment, cluster: Cluster, resource: str, manifest: Manifest, apart: bool = True
) -> ClusterPods:
    """The pods the operator makes of a rendered PerconaPGCluster; `apart` tells instances apart by set and role.

    Our own NetworkPolicies never do; only somebody else's need it.
    """
    spec = manifest.document["spec"]
    ports = _facts()["ports"]
    proxy = (spec.get("proxy") or {}).get("pgBouncer")
    backups = spec.get("backups") or {}
    holes = {"cluster": cluster.name, "version": str(spec.get("crVersion", environment.operator.version))}
    everywhere = (spec.get("metadata") or {}).get("labels")
    addresses = addresses_of_pods(environment)
    postgres, patroni = _port(spec, ports["postgres"]), _port(spec.get("patroni"), ports["patroni"])
    pgbouncer = _port(proxy, ports["pgbouncer"])

    def pod(kind: str, name: str, more: Any, replicas: int = 1, **fields: Any) -> Pod:
        labels = labels_of(kind, holes, everywhere, ((more or {}).get("metadata") or {}).get("labels"))
        name = f"{name} of {cluster.name}"
        return Pod(
            name, environment.namespace.name, labels, replicas=replicas, addresses=addresses, group=kind, **fields
        )

    instances = []
    sets = spec.get("instances") or ()
    count = sum(int(one.get("replicas", 1)) for one in sets)
    for one in sets if apart else sets[:1]:
        holes["set"] = one.get("name") or "00"
        for role in ("primary", "replica") if apart else ("primary",):
            holes["role"] = role
            named = {"postgres": (postgres,)}
            instances.append(pod(INSTANCES, "instances", one, count, ports=named))
    has_backups = backups.get("enabled", True)
    pgbackrest = backups.get("pgbackrest") or {}
    holes["repo"] = next((repo["name"] for repo in pgbackrest.get("repos") or ()), "repo1")
    return ClusterPods(
        cluster,
        resource,
        spec,
        tuple(instances),
        count,
        pod(PGBOUNCER, "pgBouncer", proxy, proxy.get("replicas", 1), ports={"pgbouncer": (pgbouncer,)})
        if proxy and proxy.get("replicas") != 0
        else None,
        pod(REPO_HOST, "the repository host", pgbackrest) if has_backups else None,
        pod(BACKUP_JOBS, "backup jobs", pgbackrest) if has_backups else None,
        pod(RESTORE_JOBS, "restore jobs", pgbackrest) if has_backups else None,
        postgres,
        patroni,
        (ports["pgbackrest"], "TCP"),
        pgbouncer,
    )


def _port(holder: Mapping[str, Any] | None, default: int) -> Port:
    return (holder or {}).get("port") or default, "TCP"


def addresses_of_pods(environment: Environment) -> tuple[str, ...]:
    """Which address blocks may match a pod: any, for its address is not known; with Cilium none (its documentation)."""
    return () if environment.target.cni == "cilium" else ANYWHERE


def declared_pod(environment: Environment, name: str, namespace: str, labels: Mapping[str, str]) -> Pod:
    """Somebody's pods of which the overlay tells labels; they may have more, but none that the operator gives."""
    addresses = addresses_of_pods(environment)
    return Pod(name, namespace, labels, is_partial=True, addresses=addresses, lacks=f"{PREFIX}/")


def operator_pod(environment: Environment) -> Pod | None:
    """The operator, where it runs in the environment's own namespace."""
    operator = environment.operator
    if not operator.install or operator.scope != "namespace":
        return None
    labels = dict(operators.facts(operator.version)["labels"])
    addresses = addresses_of_pods(environment)
    return Pod("the operator", environment.namespace.name, labels, addresses=addresses, group=OPERATOR)


def workloads(environment: Environment, manifests: Mapping[str, Manifest]) -> Iterator[tuple[str, Pod]]:
    """The pods of what somebody wrote as manifests or templates, each with what a violation calls its manifest."""
    for identity, manifest in manifests.items():
        document = manifest.document
        spec = pod_spec(document) if manifest.source else None
        if spec is None:
            continue
        metadata = document["metadata"]
        name = f"{document['kind']} {metadata['name']}"
        namespace = metadata.get("namespace") or environment.namespace.name
        body = spec.get("spec") or {}
        labels = (spec.get("metadata") or {}).get("labels") or {}
        on_host = bool(body.get("hostNetwork"))
        nodes = environment.target.nodes
        addresses = (nodes.cidrs if nodes else ()) if on_host else addresses_of_pods(environment)
        yield (
            identity,
            Pod(
                name,
                namespace,
                labels,
                _container_ports(body),
                is_on_host=on_host,
                addresses=addresses,
                group=name,
                listens=any(each.get("ports") for each in body.get("containers") or ()),
            ),
        )


def pod_spec(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The pod, or template of pods, in an object: its `metadata` and `spec`; None for a kind that has none."""
    kind, spec = document["kind"], document.get("spec") or {}
    if kind == "Pod":
        return document
    if kind in _TEMPLATED:
        return spec.get("template") or {}
    if kind == "CronJob":
        return ((spec.get("jobTemplate") or {}).get("spec") or {}).get("template") or {}
    return None


def pod_spec_path(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Where the pod's `spec` stands in such an object."""
    kind = document["kind"]
    if kind == "Pod":
        return ("spec",)
    within = ("jobTemplate", "spec", "template") if kind == "CronJob" else ("template",)
    return ("spec", *within, "spec")


def _container_ports(body: Mapping[str, Any]) -> dict[str, tuple[Port, ...]]:
    found: dict[str, tuple[Port, ...]] = {}
    for container in body.get("containers") or ():
        for port in container.get("ports") or ():
            if port.get("name"):
                number = port["containerPort"], port.get("protocol") or "TCP"
                found[port["name"]] = (*found.get(port["name"], ()), number)
    return found
