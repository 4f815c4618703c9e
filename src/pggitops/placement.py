"""Where pods could run: each kind of pod against the node pools of its target, as the scheduler would decide.

Only what the target's facts and the resource say is looked at: requests, required node affinity, taints and spread that
must hold. Other workloads of the nodes, and zones that volumes are bound to by now, are not known here; so a placement
that is found may still fail, and one that is not found would not be made either, but for the order of packing.

Kubernetes, Pod Topology Spread Constraints: the domains that count are those of nodes that fit the pod's node affinity,
also where their taints keep it out (`nodeAffinityPolicy: Honor`, `nodeTaintsPolicy: Ignore` are the defaults).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pggitops import sizing, volumes
from pggitops.findings import Path
from pggitops.model import Environment, Manifest, NodePool, Pods, Target
from pggitops.parts.instances import HOST, ZONE
from pggitops.remember import once
from pggitops.sizing import Allowed

WELL_KNOWN = (
    "kubernetes.io/",
    "k8s.io/",
    "k8s.aws/",
    "amazonaws.com/",
    "google.com/",
    "azure.com/",
    "openshift.io/",
    "karpenter.sh/",
)
"""Ends of the domains of labels that every node has and nobody lists as a fact."""

_MOST = 200_000
"""Pods times nodes up to which they are placed one by one."""


def pods_of(resource: Mapping[str, Any], cluster: int = 0) -> Iterator[Pods]:
    """The pods of a PerconaPGCluster; `cluster` is what they are told apart by."""
    for _, _, pods in placed(resource):
        yield pods._replace(cluster=cluster)
    pgbackrest = (resource["spec"].get("backups") or {}).get("pgbackrest") or {}
    for word, what in (("repoHost", "the repository host"), ("jobs", "a backup job")):
        if helper := pgbackrest.get(word):
            containers = [sizing.allowed(each, ()) for each in (helper, *(helper.get("sidecars") or ()))]
            yield _pods(what, cluster, helper, containers, 1)


def _pods(what: str, cluster: int, holder: Mapping[str, Any], containers: list[Allowed], count: int) -> Pods:
    # Kubernetes takes the limit where there is no request
    cpu = sum([each.cpu if each.cpu is not None else each.cpu_limit or 0 for each in containers])
    memory = sum([each.memory if each.memory is not None else each.memory_limit or 0 for each in containers])
    rules = holder.get("topologySpreadConstraints") or ()
    must = [rule["topologyKey"] for rule in rules if rule.get("whenUnsatisfiable") == "DoNotSchedule"]
    spread = "zone" if ZONE in must else "host" if HOST in must else "none"
    tolerations = [
        (each.get("key"), each.get("operator", "Equal"), each.get("value") or "", each.get("effect"))
        for each in holder.get("tolerations") or ()
    ]
    return Pods(what, cluster, round(cpu, 3), math.ceil(memory), count, _terms(holder), tuple(tolerations), spread)


def _terms(holder: Mapping[str, Any]) -> tuple[tuple[tuple[str, str, tuple[str, ...]], ...], ...]:
    affinity = (holder.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    terms = [term.get("matchExpressions") or () for term in required.get("nodeSelectorTerms") or ()]
    return tuple([tuple([_expression(each) for each in term]) for term in terms])


def _expression(each: Mapping[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    return each["key"], each["operator"], tuple(each.get("values") or ())


def of(environment: Environment, manifests: Iterable[Manifest]) -> tuple[Pods, ...]:
    """All pods of an environment, its own operator's first."""
    found = []
    operator = environment.operator
    if operator.install and operator.scope == "namespace":
        cpu, memory = sizing.amount(operator.resources.cpu or 0), sizing.amount(operator.resources.memory or "0")
        found.append(Pods("the operator", -1, cpu or 0, math.ceil(memory or 0), 1))
    names = {name: index for index, name in enumerate(environment.clusters)}
    for manifest in manifests:
        if manifest.document["kind"] == "PerconaPGCluster" and manifest.cluster in names:
            found += pods_of(manifest.document, names[manifest.cluster])
    return tuple(found)


def matches(pool: NodePool, pods: Pods, zone: str | None = None) -> bool:
    """Whether a pool's nodes (in a zone) have the labels that the pods ask for; what is unknown is given the doubt."""
    return not pods.terms or any(all(_holds(pool, zone, *each) for each in term) for term in pods.terms)


def _holds(pool: NodePool, zone: str | None, key: str, operator: str, values: tuple[str, ...]) -> bool:
    if key == ZONE and key not in pool.labels and pool.zones:
        here = [zone] if zone is not None else list(pool.zones)
    elif key in pool.labels:
        here = [pool.labels[key]]
    elif _is_well_known(key) or operator in ("Gt", "Lt"):
        return True
    else:
        return operator in ("NotIn", "DoesNotExist")
    if operator in ("In", "NotIn"):
        return any((each in values) == (operator == "In") for each in here)
    return operator != "DoesNotExist"


def _is_well_known(key: str) -> bool:
    domain = key.partition("/")[0] + "/"
    return "/" in key and any(domain == end or domain.endswith("." + end) for end in WELL_KNOWN)


def intolerable(pool: NodePool, pods: Pods) -> Mapping[str, str] | None:
    """The first taint of a pool that keeps the pods out."""
    for taint in pool.taints:
        if taint["effect"] != "PreferNoSchedule" and not any(_tolerates(each, taint) for each in pods.tolerations):
            return taint
    return None


def _tolerates(toleration: tuple[str | None, str, str, str | None], taint: Mapping[str, str]) -> bool:
    key, operator, value, effect = toleration
    if effect and effect != taint["effect"]:
        return False
    if not key:
        return operator == "Exists"
    return key == taint["key"] and (operator == "Exists" or value == taint.get("value", ""))


def accepting(pools: Iterable[NodePool], pods: Pods) -> list[NodePool]:
    """The pools whose nodes take the pods, as far as labels and taints go."""
    return [pool for pool in pools if matches(pool, pods) and intolerable(pool, pods) is None]


def holds(pool: NodePool, pods: Pods) -> bool:
    """Whether one of the pods has room on an empty node; a size that is not known is given the doubt."""
    cpu, memory = room(pool)
    return (not cpu or pods.cpu <= cpu) and (not memory or pods.memory <= memory)


def room(pool: NodePool) -> tuple[float, float]:
    """Cores and bytes of one node."""
    return sizing.amount(pool.cpu) or 0, sizing.amount(pool.memory) or 0


class Node:
    """A node while pods are placed: what is free, and where it is."""

    __slots__ = ("cpu", "memory", "pool", "zone")

    def __init__(self, pool: NodePool, zone: str, cpu: float, memory: float) -> None:
        self.pool, self.zone, self.cpu, self.memory = pool, zone, cpu, memory


def nodes_of(pools: Iterable[NodePool], lost: tuple[str, str] | None = None) -> list[Node]:
    """Empty nodes, evenly in the zones of their pools; one of the pool and zone in `lost` is left out."""
    found = []
    for pool in pools:
        cpu, memory = room(pool)
        zones = pool.zones or ("",)
        found += [Node(pool, zones[index % len(zones)], cpu, memory) for index in range(pool.count)]
    if lost is not None:
        gone = next((node for node in found if (node.pool.name, node.zone) == lost), None)
        found = [node for node in found if node is not gone]
    return found


def homeless(every: Sequence[Pods], nodes: Sequence[Node]) -> Pods | None:
    """The first kind of pods, largest first, of which one finds no node; None if all do. The nodes fill up."""
    for pods in sorted(every, key=lambda each: (-each.memory, -each.cpu)):
        domains = [node for node in nodes if matches(node.pool, pods, node.zone or None)]
        fitting = [node for node in domains if intolerable(node.pool, pods) is None]
        by_zone = {node.zone: 0 for node in domains}
        by_node = {id(node): 0 for node in domains}
        free = {zone: sum(node.memory for node in fitting if node.zone == zone) for zone in by_zone}
        for _ in range(pods.replicas):
            allowed = [
                node
                for node in fitting
                if node.cpu + 1e-9 >= pods.cpu
                and node.memory >= pods.memory
                and (pods.spread != "zone" or by_zone[node.zone] <= min(by_zone.values()))
                and (pods.spread != "host" or by_node[id(node)] <= min(by_node.values()))
            ]
            if not allowed:
                return pods
            # apart where that is possible, in the zone with most room, and there where least is wasted
            best = min(allowed, key=lambda node: (by_node[id(node)], by_zone[node.zone], -free[node.zone], node.memory))
            best.cpu -= pods.cpu
            best.memory -= pods.memory
            free[best.zone] -= pods.memory
            by_zone[best.zone] += 1
            by_node[id(best)] += 1
    return None


@once
def placed(resource: Mapping[str, Any]) -> list[tuple[Path, Mapping[str, Any], Pods]]:
    """Each kind of pod of a PerconaPGCluster that stays, after what describes it and the path of that."""
    every = sizing.containers(resource)
    found = []
    for path, holder, room in every:
        if "sidecars" not in path:
            beside = [each for at, _, each in every if at[:-2] == path]
            what = "pgBouncer" if path == sizing.POOLER else f"an instance of {holder['name']}"
            found.append((path, holder, _pods(what, 0, holder, [room, *beside], holder.get("replicas", 1))))
    return found


def zones(target: Target, resource: Mapping[str, Any], path: Path, pods: Pods) -> tuple[frozenset[str], frozenset[str]]:
    """The zones that count for a spread of the pods, and those of them where a pod can run and have its volumes."""
    counted, open_ = _zones(target, pods)
    for claim in volumes.of(resource):
        known = target.storage_classes.get(claim.storage_class or "")
        if known is not None and known.zones and claim.path[: len(path)] == path:
            open_ = open_.intersection(known.zones)
    return counted, open_


# environments on one base have one target, and pods that are alike
@functools.lru_cache(maxsize=256)
def _zones(target: Target, pods: Pods) -> tuple[frozenset[str], frozenset[str]]:
    counted, fitting = set(), set()
    for pool in target.node_pools.values():
        for zone in pool.zones:
            if matches(pool, pods, zone):
                counted.add(zone)
                if intolerable(pool, pods) is None:
                    fitting.add(zone)
    return frozenset(counted), frozenset(fitting)


@functools.lru_cache(maxsize=256)
def has_room(target: Target, pods: Pods) -> bool | None:
    """Whether a node of a pool that takes the pods has room for one of them; None if no pool takes them."""
    pools = accepting(target.node_pools.values(), pods)
    return any(holds(pool, pods) for pool in pools) if pools else None


def fitting(every: Iterable[Pods], pools: Sequence[NodePool]) -> list[Pods]:
    """The pods that have a place while nothing else is there; of the others policies on their cluster tell."""
    known: dict[Pods, bool] = {}
    found = []
    nodes = sum(pool.count for pool in pools)
    for pods in every:
        alike = pods._replace(cluster=0)
        if alike not in known:
            weightless = pods._replace(cpu=0, memory=0)
            is_spread = pods.replicas * nodes > _MOST or homeless([weightless], nodes_of(pools)) is None
            known[alike] = is_spread and any(holds(pool, pods) for pool in accepting(pools, pods))
        if known[alike]:
            found.append(pods)
    return found


def losses(pools: Iterable[NodePool]) -> Iterator[tuple[str, str] | None]:
    """What may be lost: nothing, then a node of each pool, in each of its zones."""
    yield None
    for pool in pools:
        for zone in pool.zones[: pool.count] or ("",):
            yield pool.name, zone


def too_many(every: Sequence[Pods], pools: Sequence[NodePool], lost: tuple[str, str] | None) -> tuple[Pods, str] | None:
    """The pods that find no node, and why; None if all do, or if there are too many to try."""
    nodes = nodes_of(pools, lost)
    cpu, memory = sum(pods.cpu * pods.replicas for pods in every), sum(pods.memory * pods.replicas for pods in every)
    free_cpu, free_memory = sum(node.cpu for node in nodes), sum(node.memory for node in nodes)
    largest = max(every, key=lambda pods: (pods.memory, pods.cpu), default=None)
    if largest is not None and memory > free_memory:
        return largest, f"{sizing.shown(memory)} of memory asked for, {sizing.shown(free_memory)} there"
    if largest is not None and cpu > free_cpu:
        return largest, f"{cpu:g} cores asked for, {free_cpu:g} there"
    if sum(pods.replicas for pods in every) * len(nodes) > _MOST:
        return None
    left = homeless(every, nodes)
    if left is None:
        return None
    return left, f"{left.what} of {left.cpu:g} cores and {sizing.shown(left.memory)} finds no node"
