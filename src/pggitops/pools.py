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
    proxy = sizing.pooler(resource)
    usual = int(pooler.number(resource, "default_pool_size"))
    reserve = int(pooler.number(resource, "reserve_pool_size"))
    sizes = _sizes(resource, usual)
    by_database: dict[str, int] = {}
    by_user: dict[str, int] = {}
    pairs = _pairs(resource)
    for user, database in pairs:
        size = sizes.get(database, usual) + reserve
        by_database[database] = by_database.get(database, 0) + size
        by_user[user] = by_user.get(user, 0) + size
    each = min(
        _capped(by_database, pooler.number(resource, "max_db_connections")),
        _capped(by_user, pooler.number(resource, "max_user_connections")),
    )
    largest = max([sizes.get(database, usual) for _, database in pairs], default=usual)
    return Demand(min(largest, each), each, int(proxy.get("replicas", 1)) if proxy else 0, len(pairs))


def of_user(resource: Mapping[str, Any], user: str) -> int:
    """Server connections that all poolers together may open for one user."""
    proxy = sizing.pooler(resource)
    if not proxy:
        return 0
    usual = int(pooler.number(resource, "default_pool_size"))
    reserve = int(pooler.number(resource, "reserve_pool_size"))
    sizes = _sizes(resource, usual)
    asked = sum(sizes.get(database, usual) + reserve for name, database in _pairs(resource) if name == user)
    return _capped({user: asked}, pooler.number(resource, "max_user_connections")) * int(proxy.get("replicas", 1))


def _pairs(resource: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Who logs in where; without users the operator makes one, called like the cluster, with a database."""
    users = resource["spec"].get("users") or []
    if not users:
        return [(resource["metadata"]["name"], resource["metadata"]["name"])]
    return [(user["name"], database) for user in users for database in user.get("databases") or ()]


def _sizes(resource: Mapping[str, Any], usual: int) -> dict[str, int]:
    """Pool sizes of databases that a patch gives one of their own."""
    found = {}
    for database, text in (pooler.config(resource).get("databases") or {}).items():
        for name, value in pooler.pairs(str(text)):
            if name == "pool_size" and value.isdecimal():
                found[database] = int(value)
    return found


def _capped(sums: Mapping[str, int], cap: float) -> int:
    return sum(min(size, int(cap)) if cap > 0 else size for size in sums.values())


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
    return sum(int(parameters.number(resource, name)) for name in names)


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
