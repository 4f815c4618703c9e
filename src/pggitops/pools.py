"""How many server connections the poolers of a cluster may open together.

PgBouncer counts per process, and a pool is of one user in one database (doc/config.md, `default_pool_size`,
`max_db_connections`, `max_user_connections`): what is written there is multiplied by all three.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pggitops import parameters, pooler, sizing
from pggitops.findings import Path
from pggitops.record import record
from pggitops.remember import once

_LEAST = 25
"""Below it Patroni takes 100 (`patroni/config.py`, CMDLINE_OPTIONS)."""


@record
class Demand:
    """Server connections: of one pool, of all pools of one pooler (`each`), how many poolers and pools there are."""

    pool: int
    each: int
    poolers: int
    pools: int

    @property
    def total(self) -> int:
        """What all poolers may open."""
        return self.each * self.poolers


@once
def demand(resource: Mapping[str, Any]) -> Demand:
    """What the poolers of a cluster may ask of the server."""
    proxy, pools = sizing.pooler(resource), _pools(resource)
    reserve = int(pooler.number(resource, "reserve_pool_size"))
    each = min(
        _capped([(database, size + reserve) for _, database, size in pools], resource, "max_db_connections"),
        _capped([(user, size + reserve) for user, _, size in pools], resource, "max_user_connections"),
    )
    usual = int(pooler.number(resource, "default_pool_size"))
    largest = max([size for _, _, size in pools], default=usual)
    return Demand(min(largest, each), each, int(proxy.get("replicas", 1)) if proxy else 0, len(pools))


def of_user(resource: Mapping[str, Any], user: str) -> int:
    """Server connections that all poolers together may open for one user."""
    proxy = sizing.pooler(resource)
    if not proxy:
        return 0
    reserve = int(pooler.number(resource, "reserve_pool_size"))
    asked = [(user, size + reserve) for name, _, size in _pools(resource) if name == user]
    return _capped(asked, resource, "max_user_connections") * int(proxy.get("replicas", 1))


@once
def _pools(resource: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """The pools of a pooler: of which user, in which database, and how large."""
    usual = int(pooler.number(resource, "default_pool_size"))
    sizes = _sizes(resource)
    return [(user, database, sizes.get(database, usual)) for user, database in _pairs(resource)]


def _pairs(resource: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Who logs in where; without users the operator makes one, called like the cluster, with a database."""
    users = resource["spec"].get("users") or []
    if not users:
        return [(resource["metadata"]["name"], resource["metadata"]["name"])]
    return [(user["name"], database) for user in users for database in user.get("databases") or ()]


def _sizes(resource: Mapping[str, Any]) -> dict[str, int]:
    """Pool sizes of databases that a patch gives one of their own."""
    found = {}
    for database, text in (pooler.config(resource).get("databases") or {}).items():
        for name, value in pooler.pairs(str(text)):
            if name == "pool_size" and value.isdecimal():
                found[database] = int(value)
    return found


def _capped(pools: list[tuple[str, int]], resource: Mapping[str, Any], limit: str) -> int:
    """The connections of pools, of which those of one name may together have a limit."""
    cap = int(pooler.number(resource, limit))
    if cap <= 0:
        return sum([size for _, size in pools])
    sums: dict[str, int] = {}
    for name, size in pools:
        sums[name] = sums.get(name, 0) + size
    return sum([min(size, cap) for size in sums.values()])


@once
def connections(resource: Mapping[str, Any]) -> int:
    """`max_connections` as it comes into effect."""
    value = int(parameters.number(resource, "max_connections"))
    return value if value >= _LEAST else 100


@once
def reserved(resource: Mapping[str, Any]) -> int:
    """Connections that no application gets."""
    names = ["superuser_reserved_connections"]
    if resource["spec"]["postgresVersion"] >= 16:
        names.append("reserved_connections")
    return sum([int(parameters.number(resource, name)) for name in names])


def sessions(resource: Mapping[str, Any]) -> int:
    """Sessions that can be there at once: clients come through the poolers only."""
    asked = demand(resource)
    most = connections(resource)
    return min(most, asked.total) if asked.poolers else most


def blamed(resource: Mapping[str, Any]) -> Path:
    """What somebody wrote that makes the pools too many, where several words do."""
    if "default_pool_size" in pooler.of(resource):
        return (*pooler.GLOBAL, "default_pool_size")
    written = sizing.written(resource, "max_connections")
    return sizing.at(written) if written else (*sizing.POOLER, "replicas")
