"""A dead connection between primary and replica is never noticed.

## Why

With `wal_sender_timeout: 0` the primary waits for ever for a replica whose node is gone: its slot keeps WAL, and with
synchronous replication commits wait. With `wal_receiver_timeout: 0` the replica waits for a primary that is gone
(PostgreSQL manual, "Replication").

## How to fix

Remove it; the default is 60 s.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"parameters": ("wal_receiver_timeout", "wal_sender_timeout")}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    own = parameters.of(resource.document)
    for key in ("wal_receiver_timeout", "wal_sender_timeout"):
        if key in own and parameters.number(resource.document, key) == 0:
            message = f"{key}: {own[key]} never gives up a dead connection"
            yield Violation(message, "Remove it.", (*parameters.AT, key), manifest=name)
