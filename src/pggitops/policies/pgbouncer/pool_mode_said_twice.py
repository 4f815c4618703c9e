"""The pool mode is said as a word and as a parameter.

## Why

`pgbouncer.parameters.pool_mode` lies over `pgbouncer.poolMode`, which people look at; so the pooler works in another
mode than the overlay seems to say, and what `pggitops connect` tells the application is not true.

## How to fix

Write `pgbouncer: {poolMode: session}` and remove the parameter.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING

MODES = ("session", "statement", "transaction")


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    written = cluster.pgbouncer.parameters.get("pool_mode")
    if str(written).lower() in MODES and str(written).lower() != cluster.pgbouncer.pool_mode:
        message = f"pool_mode: {written} lies over `poolMode: {cluster.pgbouncer.pool_mode}`"
        path = ("clusters", cluster.name, "pgbouncer", "parameters", "pool_mode")
        yield Violation(message, f"Write `poolMode: {written}` and remove this.", path, at_key=True)
