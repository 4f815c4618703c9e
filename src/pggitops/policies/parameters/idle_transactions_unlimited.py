"""An idle transaction may stay open for ever.

## Why

A client that begins a transaction and hangs keeps its locks, a connection of the pool, and every dead row of the whole
cluster since then: nothing can be vacuumed (PostgreSQL manual, `idle_in_transaction_session_timeout`). Somebody has
written 0 here, over a limit or instead of one.

## How to fix

```yaml
postgres: {parameters: {idle_in_transaction_session_timeout: 10min}}
```

A role that needs longer gets its own: `ALTER ROLE batch SET idle_in_transaction_session_timeout = '2h'`. From
PostgreSQL 17 on `transaction_timeout` limits all transactions, and counts as well.
"""

from collections.abc import Iterator

from pggitops import parameters
from pggitops.findings import Severity, Violation
from pggitops.model import Cluster
from pggitops.policies import Facts

severity = Severity.WARNING
lenient = Severity.INFO
about = {"parameters": ("idle_in_transaction_session_timeout",)}


def check_cluster(facts: Facts, cluster: Cluster) -> Iterator[Violation]:
    name, resource = facts.resource(cluster)
    key = "idle_in_transaction_session_timeout"
    own = parameters.of(resource.document)
    if key not in own or parameters.number(resource.document, key) > 0:
        return
    if cluster.postgres.version >= 17 and parameters.number(resource.document, "transaction_timeout") > 0:
        return
    message = f"{key}: {own[key]} lets a hanging client hold its locks for ever"
    yield Violation(message, "Write a limit like `10min`.", (*parameters.AT, key), manifest=name)
