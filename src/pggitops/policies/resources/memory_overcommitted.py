"""Sessions may take more memory together than an instance has.

## Why

`work_mem` is for one sort or hash of one session; a hash takes `hash_mem_multiplier` times as much, and shared buffers
and autovacuum come on top (PostgreSQL manual, Resource Consumption). When the container's limit is reached, the kernel
kills a process of PostgreSQL, which ends every session and recovers from the last checkpoint.

As many sessions count as the poolers may open, for clients come through them. Where `max_connections` would take more
than twice the memory, it is found as well: one larger pool is enough then.

## How to fix

Lower `work_mem`, and raise it for the few users or statements that need it (`ALTER ROLE … SET work_mem`), lower the
pools, or give the instances more memory.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pggitops import parameters, pools, sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO

_LEAST = 64 << 10
"""The least `work_mem` that PostgreSQL takes (guc_tables.c, 12 to 18)."""


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    document = resource.document
    room = sizing.smallest(document)
    if room is None:
        return
    there, each = room.bound or 0, sizing.memory(document, "work_mem") * _multiplier(document)
    fixed = min(_fixed(document, bool(room.huge)), there * 0.75)
    sessions, most = pools.sessions(document), pools.connections(document)
    if fixed + sessions * each <= there:
        if fixed + most * each <= 2 * there:
            return
        sessions = most
    needed, work = fixed + sessions * each, parameters.of(document).get("work_mem", "4MB")
    message = (
        f"{sessions} sessions of {work} and {sizing.shown(fixed)} for all take up to {sizing.shown(needed)},"
        f" and {room.name} has {sizing.shown(there)}"
    )
    fix = _fix(there - fixed, sessions, each, _multiplier(document), needed)
    written = sizing.written(document, "work_mem", "max_connections")
    yield Violation(message, fix, sizing.at(written) if written else room.bound_path, manifest=name)


def _fix(free: float, sessions: int, each: float, multiplier: float, needed: float) -> str:
    """What fits into the memory that is free, where PostgreSQL takes so little for one session."""
    fits, fewer = free / sessions / multiplier, int(free / each)
    if fits >= _LEAST:
        memory = sizing.for_kubernetes(needed)
        return f"Write `work_mem: {sizing.for_postgres(fits)}` at most, or `instances.memory: {memory}`."
    # 100 is the default, which nobody wrote
    what = f"Write `max_connections: {fewer}` at most" if fewer >= 100 else "Lower `work_mem` and `max_connections`"
    return f"{what}: all sessions together have {sizing.shown(free)}."


def _multiplier(document: Mapping[str, Any]) -> float:
    """A hash may take more than a sort; PostgreSQL 12 knows no difference."""
    return parameters.number(document, "hash_mem_multiplier") if document["spec"]["postgresVersion"] >= 13 else 1


def _fixed(document: Mapping[str, Any], has_huge_pages: bool) -> float:
    """What is taken whatever sessions do: too much of it is told by the policies on it."""
    workers, each = sizing.autovacuum(document)
    return (0 if has_huge_pages else sizing.memory(document, "shared_buffers")) + workers * each
