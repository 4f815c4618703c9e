"""A production database has one pgBouncer, which is the only way in.

## Why

However many instances there are: when this one pod is moved, restarted or lost, no client gets to them. PgBouncer also
has one thread, so that a second one is what makes it faster.

## How to fix

Write `pgbouncer: {replicas: 2}` or more; pools count per replica.
"""

from collections.abc import Iterator

from pggitops import sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, is_lenient
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if is_lenient(facts.environment.tier_of(cluster)):
        return
    name, resource = facts.resource(cluster)
    own = sizing.pooler(resource.document)
    if own and own.get("replicas", 1) == 1:
        message = "one pgBouncer for a production database"
        yield Violation(message, "Write `replicas: 2` or more.", (*sizing.POOLER, "replicas"), manifest=name)
