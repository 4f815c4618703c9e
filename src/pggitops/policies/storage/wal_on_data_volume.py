"""The write-ahead log of a large database shares the volume with the data.

## Why

A log that cannot be archived, or a slot nobody reads, then fills the volume of the data, and a large one takes long to
grow, to snapshot and to copy. On a volume of its own the log has its own bound, its own alert and its own throughput.

## How to fix

```yaml
instances: {wal: {storage: 40Gi}}
```

The change rolls the instances. From which size on is a setting: `policies: {wal-on-data-volume: {from: 1Ti}}`.
"""

from collections.abc import Iterator

from pggitops import sizing, volumes
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, is_lenient
from pggitops.policies import Facts

severity = Severity.INFO
settings = {"from": "500Gi"}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if is_lenient(facts.environment.tier_of(cluster)):
        return
    name, resource = facts.resource(cluster)
    large = sizing.amount(facts.setting("wal-on-data-volume", "from")) or 0
    found = volumes.of(resource.document)
    apart = {volume.name for volume in found if volume.what == "WAL volume"}
    for volume in found:
        if volume.what == "data volume" and volume.size >= large and volume.name not in apart:
            message = f"{volume.name} has its write-ahead log among {sizing.shown(volume.size)} of data"
            yield Violation(message, "Add `wal: {storage: 40Gi}` to it.", volume.path, manifest=name)
