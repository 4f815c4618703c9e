"""PgBouncer gives a server connection back after every single statement.

## Why

In `statement` mode a transaction of several statements is an error (PgBouncer manual, `pool_mode`): `BEGIN` is refused,
and with it nearly every framework and migration tool. It is meant for autocommit behind PL/Proxy.

## How to fix

```yaml
pgbouncer: {poolMode: transaction}
```
"""

from collections.abc import Iterator

from pggitops import pooler
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    if pooler.value(resource.document, "pool_mode").lower() == "statement":
        message = "pool mode statement refuses transactions of several statements"
        yield Violation(message, "Write `poolMode: transaction`.", (*pooler.GLOBAL, "pool_mode"), manifest=name)
