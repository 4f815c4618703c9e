"""pgBackRest cannot ask the cloud's metadata service for its identity.

## Why

With a key type of `auto` or `pod-id` (pgBackRest: repo-s3-key-type, repo-gcs-key-type, repo-azure-key-type) the
credentials come from a link-local address, which the rendered rules open only for `credentials.workloadIdentity`.
Without it pgBackRest waits, and then every backup and every WAL push fails.

## How to fix

Use `credentials: {workloadIdentity: …}` instead of the option, or open the address by a NetworkPolicy in `manifests/`:

```yaml
egress:
  - to: [{ipBlock: {cidr: 169.254.169.254/32}}]
    ports: [{port: 80, protocol: TCP}]
```
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"problems": ("network",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    return facts.reachability().violations("cloud-identity-cut", "backups have no credentials", cluster.name)
