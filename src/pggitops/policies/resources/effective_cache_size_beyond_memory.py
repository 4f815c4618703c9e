"""The planner is told of a cache that is larger than the memory.

## Why

`effective_cache_size` takes no memory: the planner believes that so much of the database is cached, and prefers index
scans that would be cheap then. In a container the kernel's cache counts against the limit, so there is no cache beyond
it (PostgreSQL manual, `effective_cache_size`).

## How to fix

Write 50 to 75 % of the memory.
"""

from collections.abc import Iterator

from pggitops import parameters, sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"parameters": ("effective_cache_size",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    if not sizing.written(resource.document, "effective_cache_size"):
        return
    room = sizing.smallest(resource.document)
    if room is None:
        return
    there = (room.bound or 0) + (room.huge or 0)
    if sizing.memory(resource.document, "effective_cache_size") > there:
        written = parameters.of(resource.document)["effective_cache_size"]
        message = f"effective_cache_size: {written}, and {room.name} has {sizing.shown(there)} of memory"
        fix = f"Write {sizing.for_postgres(there * 0.75)} or less."
        yield Violation(message, fix, sizing.at("effective_cache_size"), manifest=name)
