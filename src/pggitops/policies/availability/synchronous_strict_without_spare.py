"""Writes stop as soon as one instance is away.

## Why

With `synchronous: strict` a commit waits until a replica has it, also when there is no replica. With two instances
every restart of the replica stops all writes, with one they never begin (Patroni's documentation,
`synchronous_mode_strict`).

## How to fix

Write `replicas: 3`, or `synchronous: "on"`, which goes on alone while no replica is there.
"""

from collections.abc import Iterator

from pggitops import sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    dynamic = (resource.document["spec"].get("patroni") or {}).get("dynamicConfiguration") or {}
    if not (dynamic.get("synchronous_mode") and dynamic.get("synchronous_mode_strict")):
        return
    needed = dynamic.get("synchronous_node_count", 1)
    needed = needed if isinstance(needed, int) else 1
    there = sizing.replicas(resource.document)
    if there < needed + 2:
        left = there - 1 - needed
        when = "never begin" if left < 0 else "stop when one of them is away"
        message = f"strict with {there} instance{'' if there == 1 else 's'}: writes {when}"
        fix = f'Write `replicas: {needed + 2}`, or `synchronous: "on"`.'
        path = ("spec", "patroni", "dynamicConfiguration", "synchronous_mode_strict")
        yield Violation(message, fix, path, manifest=name)
