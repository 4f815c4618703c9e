"""The instances, backup jobs or the operator cannot reach the Kubernetes API server.

## Why

Patroni keeps its leader lock in the Kubernetes API (the operator's internal/patroni/rbac.go): an instance that cannot
renew it stops being primary, so cutting the API server is an outage. Backup jobs start `pgbackrest` by an exec through
the API (cmd/pgbackrest), and the operator does nothing without it.

## How to fix

The finding says which NetworkPolicy denies it, and the rule that opens it. Policies add up: a policy of one's own that
only says `policyTypes: [Egress]` for pods that no rendered policy restricts denies them everything else.

```yaml
egress:
  - to: [{ipBlock: {cidr: 172.16.0.2/32}}]
    ports: [{port: 443, protocol: TCP}]
```

No selector of pods matches an API server. With Cilium no address does either: open the port without `to`.
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("network",)}


def check_environment(facts: Facts) -> Iterator[Violation]:
    return facts.reachability().violations("api-server-cut", "the Kubernetes API is out of reach")
