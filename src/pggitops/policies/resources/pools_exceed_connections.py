"""All pools together may take more connections than the server has.

## Why

PgBouncer has a pool for each user in each database, in each of its processes. That not all of them are full at once
holds until it does not: then the busiest application takes the connections of all the others, and logging in fails at
random (pgBouncer's `doc/config.md`, `default_pool_size`, `max_db_connections`).

## How to fix

Lower the pools, cap them by `max_db_connections` (which counts in each process as well), or raise `max_connections`.
"""

from collections.abc import Iterator

from pggitops import pools
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    asked = pools.demand(resource.document)
    free = pools.connections(resource.document) - pools.reserved(resource.document)
    # one pool that is too large alone is told by pool-larger-than-server
    if asked.total <= free or asked.pool * asked.poolers > free:
        return
    message = (
        f"{asked.pools} pools in {asked.poolers} pgBouncers take up to {asked.total} connections;"
        f" {free} of max_connections are not reserved"
    )
    fits = max(free // asked.poolers // asked.pools, 1)
    fix = f"Write `default_pool_size: {fits}`, or `max_connections: {asked.total + asked.total // 5}`."
    yield Violation(message, fix, pools.blamed(resource.document), manifest=name)
