"""Backups cannot reach their object store.

## Why

The instances push WAL to a cloud repository themselves, the repository host writes the backups, restore jobs read
them. Rendered rules open port 443 to addresses that are not private; a store inside the network, or on another port
(MinIO's 9000), is not among them. WAL that cannot be archived fills the primary's disk.

## How to fix

Say where the store is, in the target's base; the rules follow from it:

```yaml
target:
  objectStore: {namespace: minio, pods: {app: minio}, ports: [9000]}
  # or, by address:
  # objectStore: {cidrs: [10.9.0.0/24], ports: [443]}
```
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("network",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    return facts.reachability().violations("object-store-cut", "the object store is out of reach", cluster.name)
