"""A cluster names no user, so that the operator makes one.

## Why

It is called like the cluster, with a database of that name, and has a Secret with a generated password: nobody asked
for them, no reviewer sees them, and they stay when the real users are named (the operator's
perconapgcluster_types.go, `Users`).

## How to fix

```yaml
users: {app: {databases: [shop]}}
```
"""

from collections.abc import Iterator

from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.INFO


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    _, resource = facts.resource(cluster)
    # a standby has its primary's
    if not resource.document["spec"].get("users") and not (cluster.standby and cluster.standby.enabled):
        message = f'the operator makes a user and a database called "{cluster.name}"'
        yield Violation(message, "Name the users under `users`.", ("clusters", cluster.name, "users"))
