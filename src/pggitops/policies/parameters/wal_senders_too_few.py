"""There are not enough WAL senders for the replicas.

## Why

Each replica takes one WAL sender, and a base backup for a new one takes two more. When none is free, a replica that is
replaced never comes up, and after a failover the last ones to ask get nothing (PostgreSQL manual, `max_wal_senders`).

## How to fix

Remove it; the default of 10 serves most clusters. Changing it restarts the server.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"parameters": ("max_wal_senders",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    key = "max_wal_senders"
    if key not in parameters.of(resource.document):
        return
    replicas = sum(instance_set.replicas for instance_set in cluster.instances.all) - 1
    senders = parameters.number(resource.document, key)
    # below 3 Patroni takes its own default
    if 3 <= senders < replicas + 2:
        message = f"{key}: {senders:g} is too few for {replicas} replicas and a base backup, which takes 2"
        yield Violation(message, f"Write {replicas + 2} or more.", (*parameters.AT, key), manifest=name)
