"""The instances cannot stream from each other.

## Why

A replica streams from the primary on PostgreSQL's port, is copied from it and rewound by it. Cut off, it falls behind
until its slot fills the primary's disk, and no switchover finds anybody to take over.

## How to fix

Leave `spec.port` at 5432, or open the other port between the instances, in and out, by a NetworkPolicy in `manifests/`.
Otherwise the finding says which policy to extend, and by what.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("network",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    return facts.reachability().violations("replication-cut", "replicas do not follow", cluster.name)
