"""Synchronous replicas are named by hand.

## Why

Instances have four random characters in their names, and a new one gets new ones: a name that is written down stops all
commits as soon as that instance is replaced. With `*` any replica will do, but Patroni, which does not know of it, may
promote the one that lacks the last commits.

## How to fix

```yaml
postgres: {synchronous: "on"}
```
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.ERROR
about = {"parameters": ("synchronous_standby_names",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    key = "synchronous_standby_names"
    # where Patroni is in charge of it, this one has no effect, which is another finding
    if parameters.of(resource.document).get(key) and cluster.postgres.synchronous == "off":
        message = "Patroni does not know of synchronous replicas that are named here"
        fix = 'Remove it, and write `postgres: {synchronous: "on"}`.'
        yield Violation(message, fix, (*parameters.AT, key), manifest=name)
