"""A container of the database asks for no CPU or no memory.

## Why

The scheduler puts a pod that asks for nothing on any node, however full. It gets the CPU that the others leave, and is
the first to be evicted when the node's memory is short.

## How to fix

Remove from the patch what takes the request away, and write `cpu` and `memory` of the overlay.
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
    for path, _, room in sizing.containers(resource.document):
        if path[-2:-1] == ("sidecars",):
            continue
        # without a request Kubernetes takes the limit
        for what, asked, limit in (
            ("cpu", room.cpu, room.cpu_limit),
            ("memory", room.memory, room.memory_limit),
        ):
            if asked == 0 or (asked is None and not limit):
                who = room.name or "pgBouncer"
                message = f"{who} asks for no {what}"
                yield Violation(message, f"Write `{what}` of it in the overlay.", room.path, manifest=name)
