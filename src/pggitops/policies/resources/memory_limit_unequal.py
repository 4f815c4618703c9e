"""A database may be promised less memory than it is allowed to use.

## Why

What is used beyond the request is only there while the node has it to spare. When the node runs short, the pods that
use more than they asked for are evicted or killed first, and a database uses what it may: its cache grows to the limit.
Only where request and limit are equal is the memory its own (Kubernetes, Node-pressure Eviction).

## How to fix

Leave `limits.memory` out, and write what the database needs as `memory`.
"""

from collections.abc import Iterator

from pggitops import sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, is_lenient
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if is_lenient(facts.environment.tier_of(cluster)):
        return
    name, resource = facts.resource(cluster)
    for room in sizing.instances(resource.document):
        asked, limit = room.memory, room.memory_limit
        if asked is None:
            continue
        if limit is None:
            message = f"{room.name} asks for {sizing.shown(asked)} of memory and has no limit"
            fix = "Write the same as limit: without one it takes the node's memory before it is stopped."
            yield Violation(message, fix, room.path, manifest=name)
        elif limit > asked:
            message = f"{room.name} asks for {sizing.shown(asked)} of memory and may use {sizing.shown(limit)}"
            fix = f"Write `memory: {sizing.for_kubernetes(limit)}`, and no limit of its own."
            yield Violation(message, fix, (*room.path, "limits", "memory"), manifest=name)
