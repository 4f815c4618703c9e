"""A standby cannot reach the primary it streams from.

## Why

A streaming standby connects to `standby.host` from its own instances. The primary's NetworkPolicies let in pgBouncer
and the primary's own instances only, so a standby inside the same network is denied at the other end.

## How to fix

Replay from a repository instead (`standby: {repo: repo1}`), or let the standby in by a NetworkPolicy in `manifests/`:

```yaml
spec:
  podSelector:
    matchLabels: {postgres-operator.crunchydata.com/cluster: PRIMARY, postgres-operator.crunchydata.com/data: postgres}
  ingress:
    - from: [{podSelector: {matchLabels: {postgres-operator.crunchydata.com/cluster: STANDBY}}}]
      ports: [{port: 5432, protocol: TCP}]
```
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("network",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    return facts.reachability().violations("standby-source-cut", "the standby does not follow", cluster.name)
