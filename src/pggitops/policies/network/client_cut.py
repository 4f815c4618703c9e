"""A declared client cannot reach pgBouncer.

## Why

`pgbouncer.clients` opens port 5432 of pgBouncer for each client. Where pgBouncer listens on another port, or where a
policy of one's own keeps the client from sending, connections time out: a denied packet gets no answer.

## How to fix

Leave `spec.proxy.pgBouncer.port` at 5432. Otherwise the finding says which policy to extend, and by what.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("network",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    return facts.reachability().violations("client-cut", "clients time out", cluster.name)
