"""A container beside the database has no memory limit.

## Why

It shares the node with the database, and often the pod: what a leaking exporter takes is taken from the memory
everybody else was promised, and the pod loses its guarantee when one container has no limit (Kubernetes, Quality of
Service).

## How to fix

```yaml
sidecars: [{name: exporter, resources: {requests: {cpu: 20m, memory: 64Mi}, limits: {memory: 64Mi}}}]
```
"""

from collections.abc import Iterator

from pggitops import sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"words": ("patch",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    for path, holder, room in sizing.containers(resource.document):
        if path[-2:-1] == ("sidecars",) and room.memory_limit is None:
            message = f'the sidecar "{holder.get("name")}" has no memory limit'
            yield Violation(message, "Write `resources: {limits: {memory: 64Mi}}` for it.", path, manifest=name)
