"""Connections without TLS are not refused.

## Why

`tls.only` makes the operator's own rules for log-in ask for TLS. Without it, rules that come with a feature take
connections without, and nobody sees which: today those of the monitoring user, tomorrow others (`TLSOnly` of the
operator's internal/postgres/hba.go, 3.0.0). CIS PostgreSQL Benchmark, section 6, asks for TLS everywhere.

## How to fix

Remove `tls.only: false`. PgBouncer talks TLS to both sides in any case.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    if not resource.document["spec"].get("tlsOnly"):
        message = "the operator's own rules take connections without TLS"
        yield Violation(message, "Leave `tls.only` on.", ("spec", "tlsOnly"), manifest=name)
