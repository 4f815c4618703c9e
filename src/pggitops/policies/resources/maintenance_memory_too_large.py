"""Autovacuum may take a large part of an instance's memory.

## Why

Each of `autovacuum_max_workers` workers takes `autovacuum_work_mem`, which is `maintenance_work_mem` where it is not
set: a value meant for one index build counts three times or more, just when large tables are vacuumed at once
(PostgreSQL manual, `autovacuum_work_mem`).

## How to fix

Give autovacuum a value of its own, and keep the other for what people run by hand:

```yaml
postgres: {parameters: {maintenance_work_mem: 1GB, autovacuum_work_mem: 256MB}}
```

The share of the memory is a setting: `policies: {maintenance-memory-too-large: {share: 0.4}}`.
"""

from collections.abc import Iterator

from pggitops import sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"parameters": ("autovacuum_work_mem", "maintenance_work_mem", "autovacuum_max_workers")}
settings = {"share": 0.25}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    key = sizing.written(resource.document, "autovacuum_work_mem", "maintenance_work_mem", "autovacuum_max_workers")
    room = sizing.smallest(resource.document)
    if key is None or room is None:
        return
    workers, each = sizing.autovacuum(resource.document)
    there = room.bound or 0
    share = there * facts.setting("maintenance-memory-too-large", "share")
    if workers * each > share:
        if key == "autovacuum_work_mem" and sizing.memory(resource.document, key) < 0:
            key = sizing.written(resource.document, "maintenance_work_mem", "autovacuum_max_workers") or key
        message = (
            f"{workers:g} autovacuum workers of {sizing.shown(each)} take up to {sizing.shown(workers * each)}"
            f" of the {sizing.shown(there)} of {room.name}"
        )
        fix = f"Write `autovacuum_work_mem: {sizing.for_postgres(share / workers)}`."
        yield Violation(message, fix, sizing.at(key), manifest=name)
