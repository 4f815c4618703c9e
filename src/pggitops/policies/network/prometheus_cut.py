"""Prometheus is declared, but cannot reach Patroni's metrics.

## Why

`monitoring.prometheus` opens Patroni's port 8008 for those pods. On another port, or where a policy of one's own keeps
the pods of Prometheus from sending, targets are down and alerts on them silent or noisy.

## How to fix

Leave `spec.patroni.port` at 8008. Otherwise the finding says which policy to extend, and by what.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"problems": ("network",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    return facts.reachability().violations("prometheus-cut", "metrics are not collected", cluster.name)
