"""Sizes as the rendered resource has them: what a container may use, what PostgreSQL is told to take."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import Any

from pggitops import guc, parameters
from pggitops.findings import Path
from pggitops.model import Cluster
from pggitops.record import record
from pggitops.remember import once
from pggitops.units import rounded

INSTANCES = ("spec", "instances")
POOLER = ("spec", "proxy", "pgBouncer")

_BYTES = {**guc.MEMORY, "8kB": 8192}


@record
class Allowed:
    """What a container asks for and what it is limited to, in cores and bytes; None where it does not say.

    `huge` is the limit of huge pages; `path` is where its `resources` stand in the manifest.
    """

    path: Path
    name: str
    cpu: float | None
    memory: float | None
    cpu_limit: float | None
    memory_limit: float | None
    huge: float | None

    @property
    def bound(self) -> float | None:
        """The memory it can count on: its limit, else its request."""
        return self.memory if self.memory_limit is None else self.memory_limit

    @property
    def bound_path(self) -> Path:
        """Where `bound` is said."""
        return (*self.path, "requests" if self.memory_limit is None else "limits", "memory")


@functools.lru_cache(maxsize=4096)
def amount(text: str | int | float) -> float | None:
    """A quantity as a number of cores or bytes; None for what the reader of quantities does not know."""
    try:
        return rounded(text)
    except ValueError:
        return None


def allowed(holder: Mapping[str, Any], path: Path) -> Allowed:
    """The resources of a part of the manifest that has `resources`."""
    resources = holder.get("resources") or {}
    requests, limits = resources.get("requests") or {}, resources.get("limits") or {}
    huge = [_amount(limits, name) or 0 for name in limits if name.startswith("hugepages-")]
    return Allowed(
        (*path, "resources"),
        str(holder.get("name", "")),
        _amount(requests, "cpu"),
        _amount(requests, "memory"),
        _amount(limits, "cpu"),
        _amount(limits, "memory"),
        sum(huge) if huge else None,
    )


def _amount(resources: Mapping[str, Any], name: str) -> float | None:
    written = resources.get(name)
    return None if written is None else amount(written)


@once
def instance_sets(resource: Mapping[str, Any]) -> list[tuple[Path, Mapping[str, Any]]]:
    """Each instance set with its path in the manifest."""
    return [((*INSTANCES, index), instance_set) for index, instance_set in enumerate(resource["spec"]["instances"])]


@once
def containers(resource: Mapping[str, Any]) -> list[tuple[Path, Mapping[str, Any], Allowed]]:
    """An instance of each set, a pooler, and every sidecar after its pod: path in the manifest, and what it may use."""
    holders = [*instance_sets(resource)]
    if own := pooler(resource):
        holders.append((POOLER, own))
    found = []
    for path, holder in holders:
        found.append((path, holder, allowed(holder, path)))
        for index, sidecar in enumerate(holder.get("sidecars") or ()):
            at = (*path, "sidecars", index)
            found.append((at, sidecar, allowed(sidecar, at)))
    return found


@once
def instances(resource: Mapping[str, Any]) -> list[Allowed]:
    """What the instances of each set may use; sets with the same resources once, for they have them from one word."""
    sets = [(holder, room) for path, holder, room in containers(resource) if path[:-1] == INSTANCES]
    if len(sets) == 1:
        return [sets[0][1]]
    found: dict[str, Allowed] = {}
    for holder, room in sets:
        found.setdefault(repr(holder.get("resources")), room)
    return list(found.values())


@once
def smallest(resource: Mapping[str, Any]) -> Allowed | None:
    """The instance set with the least memory: parameters are the same in all of them. None if no set says."""
    bounded = [each for each in instances(resource) if each.bound]
    return min(bounded, key=lambda each: each.bound or 0, default=None)


def replicas(resource: Mapping[str, Any]) -> int:
    """The instances of all sets together."""
    return sum(instance_set.get("replicas", 1) for instance_set in resource["spec"]["instances"])


def pooler(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """pgBouncer's part of the resource; empty without one."""
    found: Mapping[str, Any] = (resource["spec"].get("proxy") or {}).get("pgBouncer") or {}
    return found


def memory(resource: Mapping[str, Any], name: str) -> float:
    """A parameter that counts memory, in bytes, or a negative number for one that is without a bound."""
    value = parameters.number(resource, name)
    return value if value < 0 else value * _unit(name, resource["spec"]["postgresVersion"])


@functools.lru_cache(maxsize=1024)
def _unit(name: str, major: int) -> int:
    known = parameters.parameter(name, major)
    return _BYTES[(known and known.unit) or "B"]


@once
def autovacuum(resource: Mapping[str, Any]) -> tuple[float, float]:
    """How many workers clean up, and the bytes each may take."""
    own = memory(resource, "autovacuum_work_mem")
    each = own if own >= 0 else memory(resource, "maintenance_work_mem")
    return parameters.number(resource, "autovacuum_max_workers"), each


def written(resource: Mapping[str, Any], *names: str) -> str | None:
    """The first of some parameters that somebody wrote."""
    own = parameters.of(resource)
    return next((name for name in names if name in own), None)


def at(name: str) -> Path:
    """Where a parameter stands in the manifest."""
    return (*parameters.AT, name)


def for_postgres(size: float) -> str:
    """Bytes as a parameter is written, rounded down to something even: `2GB`, `1536MB`, `96kB`."""
    if size >= 8 << 30:
        return f"{math.floor(size / (1 << 30))}GB"
    if size >= 1 << 20:
        whole = math.floor(size / (1 << 20))
        even = whole // 64 * 64 if whole >= 256 else whole
        return f"{even // 1024}GB" if even % 1024 == 0 else f"{even}MB"
    return f"{math.floor(size / 1024)}kB"


def for_kubernetes(size: float) -> str:
    """Bytes as a quantity, rounded up: `8Gi`, `640Mi`."""
    if size >= 4 << 30 or size % (1 << 30) == 0:
        return f"{math.ceil(size / (1 << 30))}Gi"
    return f"{math.ceil(size / (1 << 20))}Mi"


def shown(size: float) -> str:
    """Bytes as people say them: `10.6Gi`, `512Mi`."""
    if size >= 1 << 30:
        gibibytes = size / (1 << 30)
        return f"{round(gibibytes)}Gi" if gibibytes >= 100 else f"{gibibytes:.3g}Gi"
    return f"{size / (1 << 20):.3g}Mi" if size >= 1 << 20 else f"{size / 1024:.3g}Ki"


def word(cluster: Cluster, path: Path, holder: Mapping[str, Any], name: str) -> Path:
    """The overlay's path of a word of an instance set or of pgBouncer: what is left out has no place in a manifest."""
    own = ("clusters", cluster.name)
    if path == POOLER:
        return (*own, "pgbouncer", name)
    if holder["name"] == cluster.instances.name:
        return (*own, "instances", name)
    return (*own, "instances", "sets", holder["name"], name)
