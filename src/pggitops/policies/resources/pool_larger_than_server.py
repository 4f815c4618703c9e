"""The replicas of one pool would take more connections than the server has.

## Why

Pools are of each pgBouncer process: `default_pool_size` counts once for every replica. Clients that are let in by
pgBouncer then wait for connections that PostgreSQL refuses: `FATAL: sorry, too many clients already`, and the last
ones that are free go to people and monitoring (pgBouncer's `doc/config.md`, `default_pool_size`).

## How to fix

Lower `default_pool_size`, or raise `max_connections`, which restarts the server.
"""

from collections.abc import Iterator

from pggitops import pools
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
lenient = Severity.WARNING


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    asked = pools.demand(resource.document)
    most, kept = pools.connections(resource.document), pools.reserved(resource.document)
    if asked.pool * asked.poolers <= most - kept:
        return
    message = (
        f"a pool of {asked.pool} connections in {asked.poolers} pgBouncers is {asked.pool * asked.poolers};"
        f" max_connections is {most}, of which {kept} are reserved"
    )
    fits = max((most - kept) // asked.poolers, 1)
    fix = f"Write `default_pool_size: {fits}` or less, or `max_connections: {asked.total + kept}` or more."
    yield Violation(message, fix, pools.blamed(resource.document), manifest=name)
