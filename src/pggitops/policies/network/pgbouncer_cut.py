"""pgBouncer cannot reach the instances behind it.

## Why

pgBouncer connects to the port the primary listens on. The NetworkPolicies of both ends name that port as 5432; where
it is another, or where a policy of one's own restricts pgBouncer, clients are accepted and then told that the server
is unavailable.

## How to fix

Leave `spec.port` at 5432, it is inside the cluster only. If it must be another, open it for pgBouncer and the instances
by a NetworkPolicy in `manifests/`. Otherwise the finding says which policy to extend, and by what.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("network",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    return facts.reachability().violations("pgbouncer-cut", "pgBouncer has no server", cluster.name)
