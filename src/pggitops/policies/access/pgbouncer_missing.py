"""A cluster has no pgBouncer.

## Why

Clients are let in to pgBouncer only. Without it nobody connects, or somebody opens the instances for them. Since 2.9
the operator makes none where `proxy` is not there.

## How to fix

Set `pgbouncer.replicas` to 2 or more, and do not remove `spec.proxy` by a patch.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    pgbouncer = (resource.document["spec"].get("proxy") or {}).get("pgBouncer")
    message = "there is no pgBouncer, so the only way in is around it"
    if not pgbouncer:
        fix = "Do not remove `proxy.pgBouncer` by a patch."
        yield Violation(message, fix, ("spec", "proxy", "pgBouncer"), manifest=name)
    elif pgbouncer.get("replicas") == 0:
        path = ("spec", "proxy", "pgBouncer", "replicas")
        yield Violation(message, "Set `pgbouncer.replicas` to 2 or more.", path, manifest=name)
