"""PostgreSQL uses a small part of the memory that is paid for.

## Why

PostgreSQL's default of 128MB was made for machines of another time. With it a database of many gigabytes reads its
pages from the kernel again and again, and every checkpoint writes what a larger cache would have kept together
(PostgreSQL manual, `shared_buffers`: about a quarter of the memory is where to begin).

## How to fix

```yaml
postgres: {parameters: {shared_buffers: 2GB}}
```

The share of the memory from which this is silent is a setting:
`policies: {shared-buffers-too-small: {share: 0.05}}`.
"""

from collections.abc import Iterator

from pggitops import parameters, sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.INFO
settings = {"share": 0.1}

_FROM = 2 << 30


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    room = sizing.smallest(resource.document)
    if room is None or (room.bound or 0) < _FROM or room.huge:
        return
    buffers, there = sizing.memory(resource.document, "shared_buffers"), room.bound or 0
    if buffers < there * facts.setting("shared-buffers-too-small", "share"):
        is_written = sizing.written(resource.document, "shared_buffers")
        said = parameters.of(resource.document)["shared_buffers"] if is_written else "128MB, PostgreSQL's default,"
        message = f"shared_buffers: {said} of {sizing.shown(there)} of memory"
        path = sizing.at("shared_buffers") if is_written else room.bound_path
        fix = f"Write `postgres: {{parameters: {{shared_buffers: {sizing.for_postgres(there / 4)}}}}}`."
        yield Violation(message, fix, path, manifest=name)
