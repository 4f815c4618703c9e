"""The instances, the repository host or restore jobs cannot reach each other for backups.

## Why

pgBackRest's TLS servers listen on 8432 in each instance and in the repository host, and both dial the other: archiving
to a volume goes one way, the stanza and the backup itself the other. While archiving fails, WAL fills the primary.

## How to fix

The finding says which NetworkPolicy denies it, and the rule that opens it. Policies add up: a policy of one's own that
only says `policyTypes: [Egress]` for pods that no rendered policy restricts denies them everything else.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("network",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    return facts.reachability().violations("repository-host-cut", "backups and archiving fail", cluster.name)
