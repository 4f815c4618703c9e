"""Log-in rules ask an LDAP server that the instances cannot reach.

## Why

With `method: ldap` PostgreSQL itself asks the server for each log-in (PostgreSQL: "LDAP Authentication"). Rendered
egress rules do not open LDAP's ports, so that every such log-in fails after a timeout.

## How to fix

Open the server's port for the instances by a NetworkPolicy in `manifests/`:

```yaml
spec:
  podSelector: {matchLabels: {postgres-operator.crunchydata.com/data: postgres}}
  policyTypes: [Egress]
  egress: [{to: [{ipBlock: {cidr: 10.3.0.7/32}}], ports: [{port: 636, protocol: TCP}]}]
```
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("network",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    return facts.reachability().violations("ldap-cut", "log-ins by LDAP fail", cluster.name)
