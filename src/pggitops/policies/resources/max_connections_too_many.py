"""More connections are allowed than the instance's memory or cores can serve.

## Why

A session takes 5 to 10 MB before it does anything, and every snapshot looks at all of them. Some four per core do work
at a time; the others wait for each other's locks. With pgBouncer in front a database needs few connections, and a
mistake in a pool's size meets a bound before it meets the memory.

## How to fix

Write what the poolers can open, and some for monitoring and people. What a session takes and how many are right for a
core are settings: `policies: {max-connections-too-many: {megabytes: 10, perCore: 250}}`.
"""

from collections.abc import Iterator

from pggitops import pools, sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"parameters": ("max_connections",)}
settings = {"megabytes": 10, "perCore": 250}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    if not sizing.written(resource.document, "max_connections"):
        return
    most, room = pools.connections(resource.document), sizing.smallest(resource.document)
    if room is None:
        return
    each, there = facts.setting("max-connections-too-many", "megabytes") * (1 << 20), room.bound or 0
    cores = min([each.cpu_limit or each.cpu or 0 for each in sizing.instances(resource.document)])
    by_memory, by_cores = int(there / 2 / each), int(cores * facts.setting("max-connections-too-many", "perCore"))
    is_cores = 0 < by_cores < by_memory
    # never below the default, which nobody wrote
    fits = max(by_cores if is_cores else by_memory, 100)
    if most <= fits:
        return
    why = f"{most} sessions of {sizing.shown(each)} take more than half of the {sizing.shown(there)}"
    if is_cores:
        why = f"{most} sessions share {cores:g} cores"
    fix = f"Write {fits} or less; the poolers open {pools.demand(resource.document).total} at most."
    yield Violation(f"max_connections: {why} of {room.name}", fix, sizing.at("max_connections"), manifest=name)
