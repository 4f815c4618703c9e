"""A reserve pool is asked for that PgBouncer never uses.

## Why

Connections of the reserve are opened for a client that has waited `reserve_pool_timeout` seconds; 0 switches the
reserve off (PgBouncer manual). A client that has waited `query_wait_timeout` is dropped before, if that is shorter.

## How to fix

```yaml
pgbouncer: {parameters: {reserve_pool_size: 5, reserve_pool_timeout: 3}}
```
"""

from collections.abc import Iterator

from pggitops import pooler
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
about = {"pgbouncer": ("reserve_pool_size",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    document = resource.document
    if "reserve_pool_size" not in pooler.of(document) or pooler.number(document, "reserve_pool_size") == 0:
        return
    after, dropped = (pooler.number(document, key) for key in ("reserve_pool_timeout", "query_wait_timeout"))
    if after == 0 or 0 < dropped <= after:
        why = "reserve_pool_timeout is 0" if after == 0 else f"clients are dropped after {dropped:g} s of waiting"
        message = f"the reserve pool is never used: {why}"
        path = (*pooler.GLOBAL, "reserve_pool_size")
        yield Violation(message, "Write `reserve_pool_timeout: 3`, or remove both.", path, manifest=name)
