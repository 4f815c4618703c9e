"""A production database has two instances: when one is away, the other is alone.

## Why

While an instance is rebuilt, or a node is drained, there is one copy and nothing to fail over to, and a rolling restart
passes through that state every time. With a synchronous replica it is also the state in which commits are no longer
kept twice, or wait.

## How to fix

Write `replicas: 3`. Where two are a decision, say so by a waiver or in the tier's base:
`policies: {replicas-without-spare: "off"}`.
"""

from collections.abc import Iterator

from pggitops import sizing
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster, is_lenient
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    if is_lenient(facts.environment.tier_of(cluster)) or (cluster.standby and cluster.standby.enabled):
        return
    # strict replication with two is told by synchronous-strict-without-spare
    if cluster.postgres.synchronous == "strict":
        return
    name, resource = facts.resource(cluster)
    if sizing.replicas(resource.document) == 2:
        message = "two instances: while one is away there is nothing to fail over to"
        yield Violation(message, "Write `replicas: 3`.", (*sizing.INSTANCES, 0, "replicas"), manifest=name)
