"""More write-ahead log is to be kept for reuse than may collect at all.

## Why

Below `min_wal_size` old segments are kept for reuse instead of being removed, and `max_wal_size` is when a checkpoint
is due. With the two swapped the volume always holds the larger one, and checkpoints come as often as with the smaller
(PostgreSQL manual, `min_wal_size`).

## How to fix

Write `min_wal_size` well below `max_wal_size`: 1GB and 8GB, say.
"""

from collections.abc import Iterator

from pggitops import sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"parameters": ("min_wal_size", "max_wal_size")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    key = sizing.written(resource.document, "min_wal_size", "max_wal_size")
    if key is None:
        return
    least, most = (sizing.memory(resource.document, word) for word in ("min_wal_size", "max_wal_size"))
    if least > most:
        message = f"min_wal_size is {sizing.shown(least)}, and max_wal_size {sizing.shown(most)}"
        fix = f"Write `max_wal_size: {sizing.for_postgres(least * 4)}`, or a lower min_wal_size."
        yield Violation(message, fix, sizing.at(key), manifest=name)
