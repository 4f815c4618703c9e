"""Instance sets: claims, resources and where pods may run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pggitops.model import Cluster, InstanceSet, Pgbouncer, Size, Tablespace, Volume
from pggitops.parts.names import name_and, pods

HOST, ZONE = "kubernetes.io/hostname", "topology.kubernetes.io/zone"


def instances(cluster: Cluster) -> list[dict[str, Any]]:
    """`spec.instances`: each item with all its fields, or CRD defaults show up as drift (client-side apply)."""
    return [_instance_set(cluster, instance_set) for instance_set in cluster.instances.all]


def _instance_set(cluster: Cluster, instance_set: InstanceSet) -> dict[str, Any]:
    selector = pods(cluster.name, **{"instance-set": instance_set.name})
    fields = {
        "name": instance_set.name,
        "replicas": instance_set.replicas,
        "resources": resources(instance_set),
        "dataVolumeClaimSpec": claim(instance_set.storage, instance_set.storage_class),
    }
    tablespaces = [instance_set.tablespaces[name] for name in sorted(instance_set.tablespaces)]
    return name_and(
        fields,
        walVolumeClaimSpec=_optional_claim(instance_set.wal),
        tablespaceVolumes=[_tablespace(tablespace) for tablespace in tablespaces],
        topologySpreadConstraints=spread(instance_set.spread, selector),
        affinity=affinity(instance_set),
        tolerations=tolerations(instance_set),
        priorityClassName=instance_set.priority_class,
        minAvailable=instance_set.min_available,
    )


def claim(storage: str, storage_class: str | None) -> dict[str, Any]:
    """A volume claim's spec; one pod at a time mounts it."""
    fields = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": storage}}}
    return name_and(fields, storageClassName=storage_class)


def _optional_claim(volume: Volume | None) -> dict[str, Any] | None:
    return claim(volume.storage, volume.storage_class) if volume else None


def _tablespace(tablespace: Tablespace) -> dict[str, Any]:
    return {"name": tablespace.name, "dataVolumeClaimSpec": claim(tablespace.storage, tablespace.storage_class)}


def resources(sized: InstanceSet | Pgbouncer) -> dict[str, Any]:
    """Requests, and a memory limit equal to the request: a database must not be the first to be evicted."""
    limits = {"memory": sized.limits.memory or sized.memory}
    if sized.limits.cpu is not None:
        limits["cpu"] = str(sized.limits.cpu)
    return {"requests": {"cpu": str(sized.cpu), "memory": sized.memory}, "limits": limits}


def size(size: Size) -> dict[str, Any]:
    """The resources of a helper container: memory request and limit are equal."""
    requests = name_and({}, cpu=str(size.cpu) if size.cpu is not None else None, memory=size.memory)
    return name_and({}, requests=requests, limits=name_and({}, memory=size.memory))


def spread(how: str, selector: Mapping[str, str]) -> list[dict[str, Any]]:
    """Topology spread constraints, maxSkew 1: `host` must hold; with `zone`, zones must and hosts should."""
    if how == "none":
        return []
    rules = [(HOST, "DoNotSchedule")] if how == "host" else [(ZONE, "DoNotSchedule"), (HOST, "ScheduleAnyway")]
    return [
        {
            "maxSkew": 1,
            "topologyKey": key,
            "whenUnsatisfiable": action,
            "labelSelector": {"matchLabels": dict(selector)},
        }
        for key, action in rules
    ]


def tolerations(placed: InstanceSet | Pgbouncer) -> list[dict[str, Any]] | None:
    """The tolerations of the overlay, if any."""
    return [dict(toleration) for toleration in placed.tolerations] or None


def affinity(placed: InstanceSet | Pgbouncer) -> dict[str, Any] | None:
    """The overlay's affinity, with `nodeSelector` as a required node affinity: the resource has no such field."""
    result = dict(placed.affinity)
    if placed.node_selector:
        result["nodeAffinity"] = _with_selector(result.get("nodeAffinity") or {}, placed.node_selector)
    return result or None


def _with_selector(affinity: Mapping[str, Any], selector: Mapping[str, str]) -> dict[str, Any]:
    field = "requiredDuringSchedulingIgnoredDuringExecution"
    expressions = [{"key": key, "operator": "In", "values": [selector[key]]} for key in sorted(selector)]
    terms = (affinity.get(field) or {}).get("nodeSelectorTerms") or [{}]
    # terms are alternatives: the selector must hold in each of them
    held = [{**term, "matchExpressions": [*term.get("matchExpressions", []), *expressions]} for term in terms]
    return {**affinity, field: {"nodeSelectorTerms": held}}
