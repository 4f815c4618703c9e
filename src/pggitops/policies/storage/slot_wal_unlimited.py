"""A logical slot may keep the write-ahead log for ever.

## Why

A permanent slot keeps all log that its consumer has not read. When the consumer is switched off and the slot is
forgotten, the volume fills until PostgreSQL stops; `max_slot_wal_keep_size` is without a bound unless it is set
(PostgreSQL manual, `max_slot_wal_keep_size`).

## How to fix

Write what the volume can spare; beyond it the slot is lost, and the database goes on:

```yaml
postgres: {parameters: {max_slot_wal_keep_size: 20GB}}
```
"""

from collections.abc import Iterator

from pggitops import parameters, sizing, volumes
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"words": ("patch",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    dynamic = (resource.document["spec"].get("patroni") or {}).get("dynamicConfiguration") or {}
    slots = dynamic.get("slots")
    if not slots or not isinstance(slots, dict) or resource.document["spec"]["postgresVersion"] < 13:
        return
    if parameters.number(resource.document, "max_slot_wal_keep_size") < 0:
        there = volumes.smallest_for_wal(resource.document)
        fix = f"Write `max_slot_wal_keep_size: {sizing.for_postgres(there.size / 2 if there else 10 << 30)}`."
        message = f'the slot "{next(iter(slots))}" keeps the write-ahead log without a bound'
        path = ("spec", "patroni", "dynamicConfiguration", "slots")
        yield Violation(message, fix, path, manifest=name)
