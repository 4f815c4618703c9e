"""PostgreSQL is told to take more shared memory than its container has.

## Why

`shared_buffers` is filled as the database is used, and counts as the container's memory. Where it does not fit into the
request the pod is the first to be evicted; at the limit it is killed, and killed again as soon as it is warm.
CloudNativePG refuses such a cluster (its PR 2840). Huge pages are counted apart, against their own limit.

## How to fix

Write a quarter of the memory, or give the instances more:

```yaml
postgres: {parameters: {shared_buffers: 2GB}}
instances: {memory: 8Gi}
```
"""

from collections.abc import Iterator

from pggitops import parameters, sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    room = sizing.smallest(resource.document)
    if room is None:
        return
    buffers = sizing.memory(resource.document, "shared_buffers")
    there, what = (room.huge, "huge pages") if room.huge else (min(room.bound or 0, room.memory or 0), "memory")
    if not there or buffers < there:
        return
    written = parameters.of(resource.document).get("shared_buffers", "128MB, the default,")
    message = f"shared_buffers: {written} does not fit into the {sizing.shown(there)} of {what} of {room.name}"
    if sizing.written(resource.document, "shared_buffers"):
        fix = f"Write {sizing.for_postgres(there / 4)}, or raise `instances.memory` to {_memory(buffers)}."
        yield Violation(message, fix, sizing.at("shared_buffers"), manifest=name)
    else:
        yield Violation(message, f"Raise `instances.memory` to {_memory(buffers)}.", room.bound_path, manifest=name)


def _memory(buffers: float) -> str:
    return sizing.for_kubernetes(buffers * 4)
