"""The PMM client cannot reach its server.

## Why

The client beside each instance pushes to the server on 443 or 8443; nothing comes in. Rendered rules open these ports
where `monitoring.pmm` is set; a server on another port, or PMM switched on by a patch, is cut, and dashboards stay
empty without a word of why.

## How to fix

Use `monitoring: {pmm: {server: …}}` with a server on 443, or open its port by a NetworkPolicy in `manifests/`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"problems": ("network",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    return facts.reachability().violations("pmm-cut", "PMM gets nothing", cluster.name)
