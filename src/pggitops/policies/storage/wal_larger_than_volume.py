"""The write-ahead log that is to be kept does not fit on its volume.

## Why

`max_wal_size` is what may collect between two checkpoints, `wal_keep_size` and `max_slot_wal_keep_size` what stays for
replicas beyond that. None of them looks at the volume: when it is full, PostgreSQL stops with a PANIC, and does not
come up again before somebody makes room (PostgreSQL manual, WAL Configuration).

## How to fix

Raise the volume to three times `max_wal_size`, or lower what is kept:

```yaml
instances: {wal: {storage: 40Gi}}
postgres: {parameters: {max_wal_size: 8GB, max_slot_wal_keep_size: 20GB}}
```
"""

from collections.abc import Iterator

from pggitops import parameters, sizing, volumes
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    there = volumes.smallest_for_wal(resource.document)
    if there is None:
        return
    for key, wanted in volumes.kept(resource.document).items():
        if wanted >= there.size:
            is_written = sizing.written(resource.document, key)
            said = parameters.of(resource.document)[key] if is_written else f"{sizing.shown(wanted)}, the default,"
            message = f"{key}: {said} does not fit on the {there.what} of {sizing.shown(there.size)} of {there.name}"
            fix = f"Write {sizing.for_postgres(there.size / 3)} or less, or a volume of {_volume(wanted)}."
            yield Violation(message, fix, sizing.at(key) if is_written else there.path, manifest=name)
            return


def _volume(wanted: float) -> str:
    return sizing.for_kubernetes(wanted * 3)
