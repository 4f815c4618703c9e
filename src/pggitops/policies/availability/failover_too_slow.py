"""Nobody takes over for minutes after a primary is lost.

## Why

A replica may only take over when the lease of the lost primary has run out. `leaderLease` is how long that is, and all
that time nothing can be written (Patroni's documentation, `ttl`).

## How to fix

Leave it at 30s. Where the API server is slow, 60s gives it time; the longest is a setting:
`policies: {failover-too-slow: {longest: 120s}}`.
"""

from collections.abc import Iterator

from pggitops import units
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
settings = {"longest": "120s"}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    longest = facts.setting("failover-too-slow", "longest")
    lease = units.seconds(cluster.postgres.leader_lease)
    if lease > units.seconds(longest):
        message = f"a lost primary keeps its lease for {lease} s"
        path = ("clusters", cluster.name, "postgres", "leaderLease")
        yield Violation(message, "Write `leaderLease: 30s`.", path)
